/** Draws what the operator measures or selects, and hears the clicks that draw it. */
import type { Feature } from 'geojson';
import type { MapMouseEvent } from 'maplibre-gl';
import { computed, ref, watch } from 'vue';
import type { LonLat } from '../api/types';
import { areaWords, distance, lengthOf, lengthWords } from '../pure/measuring';
import { outlineOf } from '../pure/selecting';
import { addPoint, areaM2, closed, drawn, ended, finish, kind, points } from '../state/drawing';
import { tool } from '../state/map';
import { setData, type GlMap } from './engine';
import { collection } from './features';
import type { MapContext } from './context';
import type { View } from './useView';

const CLOSE_PX = 11;

export function useDrawing({ map, ready }: MapContext, view: View) {
  const cursor = ref<LonLat | null>(null);
  const active = computed(() => tool.value === 'measure' || tool.value === 'select');

  watch(
    [points, closed, drawn, ready, tool],
    () => {
      if (map.value && ready.value) setData(map.value, 'draw', collection([...lineFeatures(), ...shapeFeatures()]));
    },
    { immediate: true },
  );

  function lineFeatures(): Feature[] {
    const path = points.value.map((p) => [p.lon, p.lat]);
    const [first] = path;
    const features: Feature[] = [];
    if (closed.value && first) {
      features.push({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [[...path, first]] }, properties: {} });
    } else if (path.length > 1) {
      features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates: path }, properties: {} });
    }
    points.value.forEach((p, i) => {
      const last = i === points.value.length - 1;
      const label = tool.value !== 'measure' || i === 0 ? null : last && closed.value ? areaWords(areaM2.value) : lengthWords(lengthOf(points.value.slice(0, i + 1)));
      features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: [p.lon, p.lat] }, properties: { dot: true, ...(label ? { label } : {}) } });
    });
    return features;
  }
  function shapeFeatures(): Feature[] {
    const outline = drawn.value ? outlineOf(drawn.value) : null;
    return outline ? [{ type: 'Feature', geometry: outline, properties: {} }] : [];
  }

  /** From the last point to the hand, and its words; drawn over the map, so that the map needs no new picture. */
  const rubber = computed(() => {
    const [at, from] = [cursor.value, points.value.at(-1)];
    if (!active.value || !at || !from || closed.value || ended.value) return null;
    const [a, b] = [view.pixel(from), view.pixel(at)];
    if (Math.hypot(a.x - b.x, a.y - b.y) < CLOSE_PX) return null; // the hand is still on the point it has set
    const stretch = distance(from, at);
    const isCircle = tool.value === 'select' && kind.value === 'circle';
    const label = isCircle ? lengthWords(stretch) : tool.value === 'measure' ? lengthWords(lengthOf(points.value) + stretch) : '';
    return { a, b, r: isCircle ? Math.hypot(a.x - b.x, a.y - b.y) : 0, label };
  });

  function put(at: LonLat): void {
    const [first] = points.value;
    const [p, q] = [first && view.pixel(first), view.pixel(at)];
    addPoint(at, p !== undefined && Math.hypot(p.x - q.x, p.y - q.y) < CLOSE_PX);
  }
  /** True when the click was a drawing one. */
  function clicked(event: MapMouseEvent): boolean {
    if (!active.value) return false;
    put({ lon: event.lngLat.lng, lat: event.lngLat.lat });
    return true;
  }
  function putMiddle(): void {
    const at = view.middle();
    if (at) put(at);
  }

  function attend(m: GlMap): void {
    m.on('mousemove', (event) => {
      if (active.value && points.value.length) cursor.value = { lon: event.lngLat.lng, lat: event.lngLat.lat };
    });
    m.on('mouseout', () => (cursor.value = null));
    m.on('dblclick', (event) => {
      if (!active.value) return;
      event.preventDefault(); // it ends the line and does not zoom
      if (points.value.length > 2) points.value = points.value.slice(0, -1); // the second click of the two
      finish(tool.value === 'select');
    });
  }
  watch(tool, (now) => {
    cursor.value = null;
    // The arrow keys then move the map, and the space bar sets a point in its middle.
    if (now === 'measure' || now === 'select') map.value?.getCanvas().focus({ preventScroll: true });
    else [points.value, closed.value, ended.value] = [[], false, false];
  });
  return { active, rubber, clicked, putMiddle, attend };
}
