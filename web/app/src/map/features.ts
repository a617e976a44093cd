/** Domain things as map features; pure, so that they can be tested without a map. */
import type { Feature, FeatureCollection, LineString, Point, Polygon } from 'geojson';
import type { Case, FoundPlace, LonLat } from '../api/types';
import { readClock } from '../pure/clocks';
import { contains, disc, isArea, namesAround, nearestOn, metresWords, ringsOf, roomiest, wedge } from '../pure/geometry';
import { isOpen } from '../pure/queue';
import { ringOf, shapeOf } from '../pure/shapes';
import { ageWords } from '../pure/time';

export const EMPTY: FeatureCollection = { type: 'FeatureCollection', features: [] };

export function collection(features: Feature[]): FeatureCollection {
  return { type: 'FeatureCollection', features };
}

const point = ({ lon, lat }: LonLat): Point => ({ type: 'Point', coordinates: [lon, lat] });
const line = (a: LonLat, b: LonLat): LineString => ({ type: 'LineString', coordinates: [[a.lon, a.lat], [b.lon, b.lat]] });

/** One case as a symbol; only what runs out or has run out is labelled. */
export function caseFeature(case_: Case, now: number, desk: string | null): Feature | null {
  if (!case_.point) return null;
  const clock = readClock(case_.clock, now);
  return {
    type: 'Feature',
    geometry: point(case_.point),
    properties: {
      id: case_.id,
      shape: shapeOf(case_.source),
      ring: ringOf(case_),
      tone: clock.tone,
      label: clock.tone === 'warn' || clock.tone === 'late' ? clock.words : '',
      order: Number.isFinite(clock.dueAt) ? clock.dueAt / 60_000 : 1e9,
      other: desk !== null && case_.desk !== null && case_.desk !== desk,
    },
  };
}

/**
 * Refused cases leave the map at once; the selected one has a source of its own. Where no clock runs nobody waits:
 * such cases lie small and quiet below the others and enter no stack.
 */
export function caseFeatures(
  cases: Iterable<Case>,
  now: number,
  desk: string | null,
  selected: string | null,
): { running: FeatureCollection; quiet: FeatureCollection } {
  const running: Feature[] = [];
  const quiet: Feature[] = [];
  for (const case_ of cases) {
    if (!isOpen(case_) || case_.id === selected) continue;
    const feature = caseFeature(case_, now, desk);
    if (feature) (feature.properties?.tone === 'none' ? quiet : running).push(feature);
  }
  return { running: collection(running), quiet: collection(quiet) };
}

export function discFeatures(at: LonLat | null, radiusM: number | null): FeatureCollection {
  if (!at || !radiusM) return EMPTY;
  return collection([{ type: 'Feature', geometry: disc(at, radiusM), properties: {} }]);
}

/** What the words may mean: the circle of each place's uncertainty, or the stretch of road it may be on. */
export function foundFeatures(places: FoundPlace[], chosen: number | null): FeatureCollection {
  return collection(
    places.flatMap((place, order) => {
      const properties = { chosen: order === chosen, ring: place.in_ring };
      const features: Feature[] = [];
      if (place.point) features.push({ type: 'Feature', geometry: disc(place.point, place.radius_m), properties });
      if (place.line.length > 1) {
        features.push({ type: 'Feature', geometry: { type: 'LineString', coordinates: place.line.map((p) => [p.lon, p.lat]) }, properties });
      }
      return features;
    }),
  );
}

/** The candidates' areas, hatched at opposite angles in the order of the keys. */
export function candidateFeatures(communities: FeatureCollection, codes: (string | null)[], chosen: number): FeatureCollection {
  return collection(
    codes.flatMap((code, order) => {
      const area = code ? communities.features.find((f) => f.properties?.code === code) : undefined;
      return area ? [{ type: 'Feature' as const, geometry: area.geometry, properties: { order: order % 2, chosen: order === chosen } }] : [];
    }),
  );
}

export interface CameraProperties {
  id: string;
  name: string;
  heading: number;
  fov: number;
  range_m: number;
  status: string;
  sector: string | null;
}

export function viewFeatures(cameras: FeatureCollection): FeatureCollection {
  return collection(
    cameras.features.flatMap((f) => {
      if (f.geometry.type !== 'Point') return [];
      const [lon = 0, lat = 0] = f.geometry.coordinates;
      const p = f.properties as CameraProperties;
      return [{ type: 'Feature' as const, geometry: wedge({ lon, lat }, p.heading, p.fov, p.range_m) as Polygon, properties: { status: p.status, id: p.id } }];
    }),
  );
}

export interface PersonProperties {
  id: string;
  chip: string;
  post: string;
  name: string;
  duty_mode: string;
  duty_label: string;
  sector: string | null;
  fix_at: string | null;
  age_s: number | null;
  stale_after: number | string | null;
  post_point: LonLat | [number, number] | { type: 'Point'; coordinates: number[] } | null;
  post_radius_m: number | null;
}

const STALE_S = 600;

/** A position's age at this moment, in seconds; null when it was never told. */
export function ageOf(person: PersonProperties, now: number): number | null {
  if (person.fix_at) return Math.max(0, (now - Date.parse(person.fix_at)) / 1000);
  return person.age_s;
}

export function isStale(person: PersonProperties, now: number): boolean {
  const age = ageOf(person, now);
  if (age === null) return true;
  const { stale_after: limit } = person;
  if (typeof limit === 'string') return now > Date.parse(limit);
  return age > (limit ?? STALE_S);
}

/** A stale chip fades with its age: 0.7 when it has just become so, 0.3 after an hour; in steps, so that little is redrawn. */
function strengthOf(age: number | null, stale: boolean): number {
  if (!stale) return 1;
  const minutes = Math.min(60, Math.floor((age ?? 3_600) / 600) * 10);
  return Math.round((0.7 - (0.4 * minutes) / 60) * 100) / 100;
}

export function postPoint(person: PersonProperties): LonLat | null {
  const at = person.post_point;
  if (!at) return null;
  if (Array.isArray(at)) return { lon: at[0], lat: at[1] };
  if ('coordinates' in at) return { lon: at.coordinates[0] ?? 0, lat: at.coordinates[1] ?? 0 };
  return at;
}

/** Chips, and apart from them what belongs to a post: its ground, the place, the link to it. */
export function peopleFeatures(people: FeatureCollection, now: number): { people: FeatureCollection; posts: FeatureCollection } {
  const chips: Feature[] = [];
  const posts: Feature[] = [];
  for (const f of people.features) {
    if (f.geometry.type !== 'Point') continue;
    const p = f.properties as PersonProperties;
    const [lon = 0, lat = 0] = f.geometry.coordinates;
    const age = ageOf(p, now);
    const stale = isStale(p, now);
    // Only what is drawn, so that a person who stands still changes nothing.
    const words = stale && age !== null ? ageWords(age) : '';
    const station = p.post.startsWith('station-');
    chips.push({ ...f, id: p.id, properties: { id: p.id, chip: p.chip, duty_mode: p.duty_mode, stale, age: words, station, strength: strengthOf(age, stale) } });
    const goal = postPoint(p);
    if (!goal) continue;
    if (p.post_radius_m) posts.push({ type: 'Feature', geometry: disc(goal, p.post_radius_m), properties: {} });
    const away = nearestOn([[[goal.lon, goal.lat], [goal.lon, goal.lat]]], { lon, lat })?.distance_m ?? 0;
    if (away > 20) {
      posts.push({ type: 'Feature', geometry: line({ lon, lat }, goal), properties: {} });
      posts.push({ type: 'Feature', geometry: point(goal), properties: {} });
    }
  }
  return { people: collection(chips), posts: collection(posts) };
}

/** Places outside the street are shown later: they are landmarks, not work. */
export function placeFeatures(places: FeatureCollection, street: FeatureCollection | undefined): FeatureCollection {
  const area = street?.features[0]?.geometry;
  return collection(
    places.features.map((f) => {
      const [lon = 0, lat = 0] = f.geometry.type === 'Point' ? f.geometry.coordinates : [];
      const inside = area !== undefined && isArea(area) && contains(area, [lon, lat]);
      return { ...f, properties: { ...f.properties, inside } };
    }),
  );
}

/** Names of areas as points of our own choosing, so that each stands once and well inside. */
export function nameFeatures(layers: Partial<Record<string, FeatureCollection>>): FeatureCollection {
  const features: Feature[] = [];
  const add = (kind: string, name: unknown, at: [number, number]): void => {
    if (name) features.push({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties: { kind, name } });
  };
  const inside = (kind: string, source: FeatureCollection | undefined): void => {
    for (const f of source?.features ?? []) if (isArea(f.geometry)) add(kind, f.properties?.name, roomiest(f.geometry));
  };
  inside('community', layers.communities);
  inside('sector', layers.sectors);
  inside('police', layers.police_areas);
  const street = layers.street?.features[0]?.geometry;
  if (street && isArea(street) && layers.neighbours) {
    for (const spot of namesAround(street, layers.neighbours)) add('neighbour', spot.name, spot.at);
  }
  return collection(features);
}

/** The line from a place to the nearest of these borders, with its length. */
export function nearestFeatures(from: LonLat, border: FeatureCollection, toldM: number | null): FeatureCollection {
  const found = nearestOn(border.features.flatMap((f) => ringsOf(f.geometry)), from);
  if (!found) return EMPTY;
  return collection([
    { type: 'Feature', geometry: line(from, found.point), properties: {} },
    { type: 'Feature', geometry: point(found.point), properties: { label: metresWords(toldM ?? found.distance_m) } },
  ]);
}
