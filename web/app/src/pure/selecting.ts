/** Which cases lie in a circle or polygon that the operator drew. */
import type { Polygon } from 'geojson';
import type { Case, LonLat } from '../api/types';
import { contains, disc } from './geometry';
import { distance } from './measuring';
import { inTab, isOpen, TABS, type Tab } from './queue';

export type Drawn = { kind: 'circle'; centre: LonLat; radius_m: number } | { kind: 'polygon'; points: LonLat[] };

/** The shape for the map; null while it has no inside yet. */
export function outlineOf(drawn: Drawn): Polygon | null {
  if (drawn.kind === 'circle') return drawn.radius_m > 0 ? disc(drawn.centre, drawn.radius_m) : null;
  if (drawn.points.length < 3) return null;
  const ring = drawn.points.map((p) => [p.lon, p.lat]);
  return { type: 'Polygon', coordinates: [[...ring, ring[0] ?? []]] };
}

export function isInside(drawn: Drawn, at: LonLat): boolean {
  if (drawn.kind === 'circle') return distance(drawn.centre, at) <= drawn.radius_m;
  const outline = outlineOf(drawn);
  return outline !== null && contains(outline, [at.lon, at.lat]);
}

/** The open cases inside. Refused and closed ones are not on the map, so they are not chosen on it. */
export function casesInside(cases: Iterable<Case>, drawn: Drawn): Case[] {
  return [...cases].filter((c) => c.point !== null && isOpen(c) && isInside(drawn, c.point));
}

/** How many of them stand in each tab; a case may stand in several, an empty tab is left out. */
export function countByTab(cases: readonly Case[], now: number, desk: string | null): [Tab, number][] {
  return TABS.map((tab): [Tab, number] => [tab, cases.filter((c) => inTab(c, tab, now, desk)).length]).filter(([, n]) => n > 0);
}
