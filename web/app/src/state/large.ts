/** Whether there are more cases than rows can carry; then the map has tiles and the queue only the first by limit. */
import { ref, shallowRef } from 'vue';
import { api } from '../api/client';
import { mapSummary } from '../api/large';
import type { Case, LonLat } from '../api/types';
import type { Tab } from '../pure/queue';

export const FIRST = 500;
export const large = ref(false);
/** The queue that is in sight: a reload brings its rows back. */
export const tabInSight = ref<Tab | null>(null);
/** The places of the newest changes; null: nobody knows where. */
export const touched = shallowRef<{ places: LonLat[] | null } | null>(null);

export async function readLarge(): Promise<boolean> {
  // A server that cannot count is asked for rows, as before.
  large.value = await mapSummary().then((told) => told.tiles, () => large.value);
  return large.value;
}

export function touch(places: LonLat[] | null): void {
  if (large.value) touched.value = { places };
}

/** The cases of a queue whose limit comes first, as the server orders them. */
export async function firstOf(tab: Tab | null, desk: string | null): Promise<Case[]> {
  const page = await api.cases({ ...(tab ? { tab } : { open: true }), ...(desk ? { desk } : {}), order: 'due', limit: FIRST });
  return page.items;
}
