/** Small things the browser remembers. A full or forbidden store is no reason to stop working. */
import { ref, watch, type Ref } from 'vue';

const PREFIX = 'pianqu.';

export function readKept<T>(name: string, fallback: T): T {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? fallback : (JSON.parse(text) as T);
  } catch {
    return fallback;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    if (value === undefined) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // private window or full store: it is forgotten at the end of the visit, that is all
  }
}

/** A ref that outlives the page. */
export function kept<T>(name: string, fallback: T): Ref<T> {
  const value = ref(readKept(name, fallback)) as Ref<T>;
  watch(value, (next) => keep(name, next), { deep: true });
  return value;
}
