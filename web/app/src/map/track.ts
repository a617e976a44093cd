/** Where somebody was today, as a line with times; asked for by a command post, and audited by the server. */
import type { Feature, Geometry } from 'geojson';
import { ref, watch } from 'vue';
import { readTrack } from '../api/around';
import { ApiProblem } from '../api/client';
import { hourMinute } from '../pure/time';
import { serverNow } from '../state/now';
import { mapWords } from '../words/map';
import { setData } from './engine';
import { collection, EMPTY } from './features';
import type { MapContext } from './context';

/** Whose business it is where somebody has been; the server decides, this only leaves out a button that would fail. */
export const TRACK_ROLES: readonly string[] = ['coordinator', 'inspector', 'deputy', 'head', 'street-centre'];

/** As the server sends it: one line (or one point) and the moment of each of its points. */
export interface Track {
  type: 'Feature';
  geometry: Geometry | null;
  properties: { times: string[]; count: number };
}

const MARK_EVERY_MS = 15 * 60_000;
const SHIFT_MS = 8 * 3_600_000;

/** The day in Shanghai, as the server names it. */
export function dayOf(ms: number): string {
  return new Date(ms + SHIFT_MS).toISOString().slice(0, 10);
}

/** The line, and a time at its beginning, its end, and about every quarter of an hour between. */
export function trackFeatures(track: Track): Feature[] {
  const { geometry, properties } = track;
  if (!geometry || (geometry.type !== 'LineString' && geometry.type !== 'Point')) return [];
  const spots = geometry.type === 'Point' ? [geometry.coordinates] : geometry.coordinates;
  const times = properties.times.map((t) => Date.parse(t));
  const features: Feature[] = geometry.type === 'LineString' ? [{ type: 'Feature', geometry, properties: {} }] : [];
  let marked = Number.NEGATIVE_INFINITY;
  spots.forEach((coordinates, i) => {
    const at = times[i] ?? 0;
    const last = i === spots.length - 1;
    if (!last && i > 0 && (at - marked < MARK_EVERY_MS || (times.at(-1) ?? 0) - at < MARK_EVERY_MS / 3)) return;
    marked = at;
    features.push({ type: 'Feature', geometry: { type: 'Point', coordinates }, properties: { time: hourMinute(at) } });
  });
  return features;
}

export function useTrack({ map, ready }: MapContext) {
  const person = ref<string | null>(null);
  const told = ref('');
  const features = ref<Feature[]>([]);

  watch([features, ready], () => {
    if (map.value && ready.value) setData(map.value, 'track', features.value.length ? collection(features.value) : EMPTY);
  });

  function hide(): void {
    [person.value, told.value, features.value] = [null, '', []];
  }
  async function toggle(id: string): Promise<void> {
    if (person.value === id) return hide();
    [person.value, told.value, features.value] = [id, mapWords.person.trackAsking, []];
    try {
      const track = (await readTrack(id, dayOf(serverNow()))) as Track;
      if (person.value !== id) return;
      features.value = trackFeatures(track);
      const times = track.properties.times.map((t) => hourMinute(Date.parse(t)));
      told.value = features.value.length
        ? `${mapWords.person.trackTold(track.properties.count, times[0] ?? '', times.at(-1) ?? '')} · ${mapWords.person.trackNotice}`
        : mapWords.person.trackNone;
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) throw cause;
      if (person.value === id) told.value = cause.lines.join('；');
    }
  }
  return { person, told, toggle, hide };
}
