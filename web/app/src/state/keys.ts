/**
 * Keys of the whole page. Components register what they answer to; the one mounted last is asked first, and a handler
 * that returns false passes the key on. While somebody types, only Escape is heard.
 */
import { onBeforeUnmount, onMounted } from 'vue';

type Handler = (event: KeyboardEvent) => boolean | void;
export type Keys = Record<string, Handler>;
/** What the help sheet says of some of them: keys as they are written, and what they do. */
export interface Told {
  group: string;
  rows: [string, string][];
}

const PREFIX_MS = 1_500;
const stack: Keys[] = [];
const sheets = new Map<Keys, Told>();
let prefixUntil = 0;

/** Names: 'a', 'Enter', 'g l' after G, 'Shift a' with a letter; `told` are their lines of the help sheet. */
export function useKeys(keys: Keys, told?: Told): void {
  onMounted(() => {
    stack.push(keys);
    if (told) sheets.set(keys, told);
  });
  onBeforeUnmount(() => {
    sheets.delete(keys);
    const at = stack.indexOf(keys);
    if (at >= 0) stack.splice(at, 1);
  });
}

/** What is answered to now, and what the components tell of it. */
export function heldKeys(): { names: Set<string>; told: Told[] } {
  return { names: new Set(stack.flatMap((keys) => Object.keys(keys))), told: [...sheets.values()] };
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select, [contenteditable]');
}

function nameOf(event: KeyboardEvent): string {
  const lower = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const key = event.shiftKey && /^[a-z]$/.test(lower) ? `Shift ${lower}` : lower;
  return performance.now() < prefixUntil ? `g ${key}` : key;
}

function hear(event: KeyboardEvent): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) && event.key !== 'Escape') return;
  const name = nameOf(event);
  prefixUntil = 0;
  if (name === 'g') {
    prefixUntil = performance.now() + PREFIX_MS;
    return;
  }
  for (let i = stack.length - 1; i >= 0; i -= 1) {
    const handler = stack[i]?.[name];
    if (handler && handler(event) !== false) {
      event.preventDefault();
      return;
    }
  }
}

window.addEventListener('keydown', hear);
