/** Shading of the community grids by what happens in them. One ramp of one colour: the clock colours belong to clocks. */
import type { FeatureCollection } from 'geojson';
import type { Case } from '../api/types';
import { readClock } from './clocks';
import { isArea, ringsOf } from './geometry';
import { areaOf } from './measuring';
import { isOpen } from './queue';

export const SHADINGS = ['off', 'open', 'overdue', 'density'] as const;
export type Shading = (typeof SHADINGS)[number];

/** How strong each class is drawn; 0 has no fill, so that an empty grid looks empty. */
export const STRENGTHS = [0, 0.14, 0.27, 0.42, 0.58] as const;

export interface Load {
  code: string;
  open: number;
  overdue: number;
  area_km2: number;
}

/** What each grid holds now. Counted here from the cases of the screen, so that map, tabs and list agree. */
export function loadsOf(communities: FeatureCollection, cases: Iterable<Case>, now: number): Map<string, Load> {
  const loads = new Map<string, Load>();
  for (const f of communities.features) {
    const code = String(f.properties?.code ?? '');
    loads.set(code, { code, open: 0, overdue: 0, area_km2: areaKm2(f.geometry) });
  }
  for (const c of cases) {
    const load = c.community && isOpen(c) ? loads.get(c.community.code) : undefined;
    if (!load) continue;
    load.open += 1;
    if (readClock(c.clock, now).tone === 'late') load.overdue += 1;
  }
  return loads;
}

function areaKm2(geometry: FeatureCollection['features'][number]['geometry']): number {
  if (!isArea(geometry)) return 0;
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const ringArea = (ring: number[][] = []): number => areaOf(ring.slice(1).map(([lon = 0, lat = 0]) => ({ lon, lat })));
  const m2 = polygons.reduce((sum, [outer, ...holes]) => sum + ringArea(outer) - holes.reduce((s, h) => s + ringArea(h), 0), 0);
  return ringsOf(geometry).length ? m2 / 1_000_000 : 0;
}

export function valueOf(load: Load, shading: Shading): number {
  if (shading === 'open') return load.open;
  if (shading === 'overdue') return load.overdue;
  return shading === 'density' && load.area_km2 > 0 ? load.open / load.area_km2 : 0;
}

export interface ShadeClass {
  /** From this value on (not for the empty class, which is 0 alone). */
  from: number;
  to: number;
  label: string;
  strength: number;
}

/** Round classes of equal width up to the largest value: 0, 1–3, 4–6 … at most four beside the empty one. */
export function classesFor(values: readonly number[]): ShadeClass[] {
  const most = Math.ceil(Math.max(0, ...values));
  const empty: ShadeClass = { from: 0, to: 0, label: '0', strength: 0 };
  if (most === 0) return [empty];
  const step = roundStep(most / 4);
  const n = Math.min(4, Math.ceil(most / step));
  const classes = Array.from({ length: n }, (_, i): ShadeClass => {
    const [from, to] = [i * step + 1, (i + 1) * step];
    return { from, to, label: from === to ? String(to) : `${from}–${to}`, strength: STRENGTHS[i + 1] ?? 0 };
  });
  return [empty, ...classes];
}

function roundStep(least: number): number {
  if (least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 3, 5, 10].map((n) => n * power).find((n) => n >= least) ?? Math.ceil(least);
}

/** A value between two whole classes (per km²) belongs to the one it has begun. */
export function strengthOf(value: number, classes: readonly ShadeClass[]): number {
  if (value <= 0) return 0;
  return classes.find((c) => c.strength > 0 && value <= c.to)?.strength ?? classes.at(-1)?.strength ?? 0;
}
