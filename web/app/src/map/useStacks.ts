/** A stack of cases: fanned out when they are few, a list when they are many or stand at one address. */
import type { MapGeoJSONFeature } from 'maplibre-gl';
import { computed, ref, shallowRef, watch } from 'vue';
import type { LonLat } from '../api/types';
import { FAN_MOST, fanMembers } from '../pure/fan';
import { distance } from '../pure/measuring';
import { readClock } from '../pure/clocks';
import { isOpen } from '../pure/queue';
import { cases } from '../state/cases';
import { slowNow } from '../state/now';
import { words } from '../words';
import { mapWords } from '../words/map';
import type { GlMap } from './engine';
import type { MapContext } from './context';

export interface Pop {
  at: LonLat;
  title: string;
  lines: string[];
  ids: string[];
  /** A person's id: the pop is theirs. */
  person?: string;
  /** The stack can be fanned out, or looked at closer. */
  fan?: boolean;
  closer?: boolean;
}

export interface Fan {
  at: LonLat;
  reach_m: number;
  ids: string[];
  zoom: number;
}

const SAME_M = 3;
const LEAVES = 500;

export function useStacks({ map }: MapContext) {
  const pop = shallowRef<Pop | null>(null);
  const fan = shallowRef<Fan | null>(null);
  const none: ReadonlySet<string> = new Set();
  const fanned = ref<ReadonlySet<string>>(none);
  watch(fan, (open) => (fanned.value = open ? new Set(open.ids) : none));

  function clear(): void {
    [pop.value, fan.value] = [null, null];
  }

  async function openStack(hit: MapGeoJSONFeature, clicked: LonLat): Promise<void> {
    const source = map.value?.getSource('cases') as { getClusterLeaves?: (id: number, limit: number, offset: number) => Promise<GeoJSON.Feature[]> };
    const leaves = (await source.getClusterLeaves?.(Number(hit.properties.cluster_id), LEAVES, 0).catch(() => [])) ?? [];
    const spots = leaves.flatMap((l) => (l.geometry.type === 'Point' ? [l.geometry.coordinates] : []));
    const [lon = clicked.lon, lat = clicked.lat] = hit.geometry.type === 'Point' ? hit.geometry.coordinates : [];
    const at = { lon, lat };
    const reach_m = Math.max(0, ...spots.map(([x = 0, y = 0]) => distance(at, { lon: x, lat: y })));
    const ids = leaves
      .sort((a, b) => Number(a.properties?.order) - Number(b.properties?.order))
      .map((leaf) => String(leaf.properties?.id));
    const same = reach_m <= SAME_M;
    if (!same && ids.length <= FAN_MOST) return spread(at, ids, reach_m);
    const title = same ? words.map.stack(ids.length) : mapWords.fan.list(ids.length);
    pop.value = { at, title, lines: [], ids, fan: ids.length <= FAN_MOST, closer: !same };
  }

  function spread(at: LonLat, ids: string[], reach_m?: number): void {
    const held = ids.flatMap((id) => cases.value.get(id)?.point ?? []);
    const reach = reach_m ?? Math.max(0, ...held.map((p) => distance(at, p)));
    pop.value = null;
    fan.value = { at, ids, reach_m: reach + 2, zoom: map.value?.getZoom() ?? 15 };
  }

  /** The fan's cases as a list beside it. */
  function listFan(): void {
    if (fan.value) pop.value = { at: fan.value.at, title: mapWords.fan.list(fan.value.ids.length), lines: [], ids: fan.value.ids, closer: true };
  }

  // The fan outlives every refresh: who left is gone, who came within its reach joins at the end.
  watch(cases, () => {
    const open = fan.value;
    if (!open) return;
    const within = [...cases.value.values()]
      .filter((c) => isOpen(c) && c.point && distance(open.at, c.point) <= open.reach_m && (open.ids.includes(c.id) || readClock(c.clock, slowNow.value).tone !== 'none'))
      .map((c) => c.id);
    const ids = fanMembers(open.ids, within).slice(0, FAN_MOST);
    if (ids.length < 2) fan.value = null;
    else if (ids.join() !== open.ids.join()) fan.value = { ...open, ids };
  });

  function attend(m: GlMap): void {
    m.on('zoomend', () => {
      if (fan.value && m.getZoom() < fan.value.zoom - 1) fan.value = null;
    });
  }
  const isOpenNow = computed(() => pop.value !== null || fan.value !== null);
  return { pop, fan, fanned, clear, openStack, spread, listFan, attend, isOpenNow };
}
