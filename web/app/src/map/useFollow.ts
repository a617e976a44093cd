/** Follow mode: the map goes to new and urgent cases, or stays with the selected one. */
import { watch } from 'vue';
import { isOpen, onDesk } from '../pure/queue';
import { arrivals, cases, selected } from '../state/cases';
import { follow } from '../state/map';
import { desk } from '../state/session';
import type { MapContext } from './context';
import type { View } from './useView';

const FRESH_MS = 2_000;
const NEAR = 16;

export function useFollow({ map, ready }: MapContext, view: View): void {
  function go(id: string): void {
    const at = cases.value.get(id)?.point ?? null;
    if (at && map.value) view.goTo(at, Math.max(NEAR, map.value.getZoom()));
  }

  watch(arrivals, (all) => {
    if (follow.value !== 'new') return;
    const fresh = all.filter((a) => Date.now() - a.at < FRESH_MS).map((a) => cases.value.get(a.id)).filter((c) => c !== undefined);
    const here = fresh.filter((c) => isOpen(c) && c.point && onDesk(c, desk.value));
    // Of several at once the urgent one; else the last.
    const next = here.find((c) => c.urgent) ?? here.at(-1);
    if (next) go(next.id);
  });

  // A case that becomes urgent later is followed like a new one.
  let urgent = new Set<string>();
  watch(cases, () => {
    const now = new Set([...cases.value.values()].filter((c) => c.urgent && isOpen(c) && onDesk(c, desk.value)).map((c) => c.id));
    const came = [...now].filter((id) => !urgent.has(id));
    if (follow.value === 'new' && urgent.size + came.length && ready.value && came.length === 1 && came[0]) go(came[0]);
    urgent = now;
  });

  watch(
    () => (follow.value === 'selected' && ready.value && selected.value?.point ? `${selected.value.id} ${selected.value.point.lon} ${selected.value.point.lat}` : null),
    (wanted) => {
      if (wanted && selected.value) go(selected.value.id);
    },
  );
}
