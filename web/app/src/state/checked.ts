/** Cases that are ticked, to be taken together. Other tools may tick some: what a circle on the map holds, for one. */
import { computed, shallowRef } from 'vue';
import { cases } from './cases';

export const checkedIds = shallowRef<ReadonlySet<string>>(new Set());
/** What has left the screen meanwhile is no longer meant. */
export const checkedCases = computed(() => [...checkedIds.value].flatMap((id) => cases.value.get(id) ?? []));

export function checkAll(ids: Iterable<string>): void {
  checkedIds.value = new Set([...checkedIds.value, ...ids]);
}
export function uncheck(ids: Iterable<string>): void {
  const rest = new Set(checkedIds.value);
  for (const id of ids) rest.delete(id);
  checkedIds.value = rest;
}
export function toggle(id: string): void {
  if (checkedIds.value.has(id)) uncheck([id]);
  else checkAll([id]);
}
export function uncheckAll(): void {
  checkedIds.value = new Set();
}
