import { ref } from 'vue';

export type Theme = 'light' | 'dark' | 'wall';

const KEY = 'pianqu.theme'; // plain text, because theme.js reads it before anything else runs
const system = matchMedia('(prefers-color-scheme: dark)');

function chosen(): Theme | null {
  try {
    const text = localStorage.getItem(KEY);
    return text === 'dark' || text === 'light' ? text : null;
  } catch {
    return null;
  }
}

/** The wall has one theme, whatever the operator of this machine likes at the desk. */
const onWall = /^\/wall\/*$/.test(location.pathname);

export const theme = ref<Theme>(onWall ? 'wall' : (chosen() ?? (system.matches ? 'dark' : 'light')));

function show(next: Theme): void {
  document.documentElement.dataset.theme = next;
  theme.value = next;
}

export function toggleTheme(): void {
  const next: Theme = theme.value === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // not remembered, still shown
  }
  show(next);
}

system.addEventListener('change', (event) => {
  if (!chosen() && !onWall) show(event.matches ? 'dark' : 'light');
});
show(theme.value);
