/** The numbered places that the words of the open case may mean, and a place that somebody looked for. */
import { computed, watch } from 'vue';
import type { LonLat } from '../api/types';
import { ringsOf } from '../pure/geometry';
import { anchorOf, spanOf } from '../pure/places';
import { selectedId } from '../state/cases';
import { preview, soughtPlace } from '../state/map';
import { candidatePlaces, chosenPlace, lookAtPlace, placeInHand, showAllPlaces } from '../state/places';
import { setData } from './engine';
import { collection, foundFeatures } from './features';
import type { MapContext } from './context';
import type { Marks } from './useMarks';
import type { View } from './useView';

const PIN_PX = 24;

export function usePlaces({ map, ready, base }: MapContext, view: View, { showsPlaces }: Marks) {
  watch(
    [candidatePlaces, chosenPlace, showsPlaces, soughtPlace, ready],
    () => {
      if (!map.value || !ready.value) return;
      const found = foundFeatures(showsPlaces.value ? candidatePlaces.value : [], chosenPlace.value).features;
      const line = soughtPlace.value?.line ?? [];
      const sought = line.length > 1 ? [{ type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates: line.map((p) => [p.lon, p.lat]) }, properties: { chosen: true } }] : [];
      setData(map.value, 'found', collection([...found, ...sought]));
    },
    { immediate: true },
  );

  /** The numbers stand on their places; one that would cover an earlier one stands beside it. */
  const pins = computed(() => {
    if (!ready.value || !showsPlaces.value) return [];
    const placed: { x: number; y: number }[] = [];
    return candidatePlaces.value.flatMap((place, order) => {
      const at = anchorOf(place);
      if (!at) return [];
      const p = view.pixel(at);
      while (placed.some((o) => Math.abs(o.x - p.x) < PIN_PX && Math.abs(o.y - p.y) < PIN_PX)) p.x += PIN_PX;
      placed.push(p);
      return [{ place, order, style: { transform: `translate(${p.x}px, ${p.y}px)` } }];
    });
  });

  /** The form's own pin is not drawn over the number it came from. */
  const onPin = computed(() => {
    const [a, b] = [preview.value?.at, placeInHand.value?.point];
    return Boolean(showsPlaces.value && a && b && Math.abs(a.lon - b.lon) < 1e-6 && Math.abs(a.lat - b.lat) < 1e-6);
  });

  function areaOf(code: string | null): LonLat[] {
    const area = code ? base.value.communities?.features.find((f) => f.properties?.code === code) : undefined;
    return area ? ringsOf(area.geometry).flat().map(([lon = 0, lat = 0]) => ({ lon, lat })) : [];
  }
  /** All of them, in sight at once. */
  watch(showAllPlaces, () => view.look([...spanOf(candidatePlaces.value), ...candidatePlaces.value.flatMap((p) => areaOf(p.area_code))]));
  watch(lookAtPlace, (wanted) => {
    if (!wanted) return;
    const own = spanOf([wanted.place]);
    const area = own.length ? own : areaOf(wanted.place.area_code ?? wanted.place.shares[0]?.code ?? null);
    view.look(area.length ? area : spanOf(candidatePlaces.value)); // of a name without a place: what bears a like one
  });
  /** When a case is opened the map goes to its candidates, unless the operator has put it somewhere. */
  watch(
    () => (showsPlaces.value && ready.value ? selectedId.value : null),
    (id) => {
      if (id && !view.moved.value) view.look(spanOf(candidatePlaces.value), 16);
    },
  );
  return { pins, onPin };
}
