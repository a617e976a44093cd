import { createApp } from 'vue';
import './tokens.css';
import './element.css';
import './parts.css';
import './pages/table.css';
import './state/theme';
import AppShell from './shell/AppShell.vue';

createApp(AppShell).mount('#app');
