import { createApp } from 'vue';
import './tokens.css';
import './element.css';
import './parts.css';
import './pages/table.css';
import './state/theme';

// The phone's page is a bundle of its own: it starts without the map library, and off line.
const root = location.pathname.startsWith('/field') ? import('./field/FieldApp.vue') : import('./shell/AppShell.vue');
void root.then(({ default: page }) => createApp(page).mount('#app'));
