import { createApp, type Component } from 'vue';
import './tokens.css';
import './parts.css';
import './state/theme';
import DispatchPage from './desk/DispatchPage.vue';
import RefusalsPage from './refusals/RefusalsPage.vue';

/** Two pages, no router: each is a workplace of its own and stays open all day. */
const PAGES: Record<string, Component> = { '/refusals': RefusalsPage };

createApp(PAGES[location.pathname.replace(/\/$/, '')] ?? DispatchPage).mount('#app');
