/** More cases than rows can carry: the server's tiles and stacks in place of the GeoJSON ones. */
import type { MapGeoJSONFeature } from 'maplibre-gl';
import { watch } from 'vue';
import type { LonLat } from '../api/types';
import { fetchThese } from '../state/cases';
import { large, touched } from '../state/large';
import { layersShown } from '../state/layout';
import { desk } from '../state/session';
import { theme } from '../state/theme';
import { words } from '../words';
import type { MapContext } from './context';
import { LargeCases } from './large';
import { readTokens } from './tokens';
import type { Pop } from './useStacks';

export function useLarge({ map, ready, bare }: MapContext, show: (pop: Pop) => void, closer: (at: LonLat) => void) {
  let tiled: LargeCases | null = null;

  watch([large, ready, desk, theme], () => {
    if (!map.value || !ready.value || bare || (!large.value && !tiled)) return;
    tiled ??= new LargeCases(map.value);
    tiled.show(large.value, readTokens(), desk.value);
    tiled.visible(layersShown.value.cases);
  });
  watch(touched, (change) => change && tiled?.changed(change.places));
  watch(() => layersShown.value.cases, (shown) => tiled?.visible(shown));

  /** A stack that the server made: its cases as a list when they are few, else a closer look. */
  async function openStack(hit: MapGeoJSONFeature, at: LonLat): Promise<void> {
    const ids = String(hit.properties.ids ?? '').split(' ').filter(Boolean);
    if (!ids.length) return closer(at);
    await fetchThese(ids);
    show({ at, title: words.map.stack(ids.length), lines: [], ids, closer: !hit.properties.one_spot });
  }
  return { openStack, stop: () => tiled?.stop() };
}
