/** The service worker's side of the page: it brings the page off line, and says when a new release is there. */
import { ref } from 'vue';

export const updated = ref(false);
let waiting: ServiceWorker | null = null;
let asked = false;

export function startWorker(): void {
  // In development there is no built worker; a browser without one still works on line.
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (asked) location.reload();
  });
  navigator.serviceWorker
    .register('/field-worker.js', { scope: '/field' })
    .then((registration) => {
      const look = (): void => {
        const next = registration.waiting;
        if (!next || !navigator.serviceWorker.controller) return;
        waiting = next;
        updated.value = true;
      };
      look();
      registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', look));
      // A page stays open all day: it asks by itself whether there is a new release.
      setInterval(() => void registration.update().catch(() => undefined), 30 * 60_000);
    })
    .catch(() => undefined);
}

/** By the person's own press, so that no form is taken away from under the hand. */
export function takeOver(): void {
  asked = true;
  waiting?.postMessage('take over');
}
