/** The one clock of the screen, on the server's time. */
import { computed, ref } from 'vue';

const TICK_MS = 1_000;
let offset = 0;

export const now = ref(Date.now());
/** Ticks every five seconds: enough for what changes by the minute, and five times less work. */
export const slowNow = computed(() => Math.floor(now.value / 5_000) * 5_000);

/** Times come from the server; a wrong clock of the office computer must not turn a case red. */
export function setServerTime(iso: string): void {
  const there = Date.parse(iso);
  if (Number.isFinite(there)) offset = there - Date.now();
  now.value = Date.now() + offset;
}

export function serverNow(): number {
  return Date.now() + offset;
}

setInterval(() => {
  now.value = Date.now() + offset;
}, TICK_MS);
