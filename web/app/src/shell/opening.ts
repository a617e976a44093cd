/** Opens a case from anywhere: here if the map is on this page, else on the map's own. */
import { shallowRef } from 'vue';

/** Ids or numbers that the dispatch page is asked to open; it takes them. */
export const wanted = shallowRef<{ key: string; serial: number } | null>(null);
let serial = 0;

export function openCase(key: string): void {
  if ((location.pathname.replace(/\/+$/, '') || '/') !== '/') {
    location.assign(`/#${encodeURIComponent(key)}`);
    return;
  }
  serial += 1;
  wanted.value = { key, serial };
}

/** The case that the address names. */
export function fromAddress(): string | null {
  const key = decodeURIComponent(location.hash.slice(1));
  return /^[0-9A-Za-z-]{4,40}$/.test(key) ? key : null;
}
