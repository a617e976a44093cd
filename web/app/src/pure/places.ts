/** The places that the words of a case may mean: how sure each is, and what a key or a click on one does. */
import type { FoundPlace, GridShare, LonLat } from '../api/types';

/** From here on a place lies in one grid, and its own key is enough (geocoding 3.6). */
export const SURE_SHARE = 0.98;

export type Confidence = 'likely' | 'possible' | 'doubtful';

/** A probability as a word; the number stands beside it. */
export function confidenceOf(p: number): Confidence {
  return p >= 0.85 ? 'likely' : p >= 0.5 ? 'possible' : 'doubtful';
}

/** The grid most of its probability lies in; null when that is outside, or nothing is known. */
export function gridOf(place: FoundPlace): GridShare | null {
  const [first] = place.shares;
  return first && first.code !== null ? first : null;
}

/** Known to a point, in the street, and in one grid whatever its uncertainty. */
export function isSure(place: FoundPlace): boolean {
  return place.point !== null && !place.in_ring && (gridOf(place)?.share ?? 0) >= SURE_SHARE;
}

/** A share in whole per cent, rounded down: what is not all is never shown as all. */
export function percent(share: number): number {
  return Math.floor(share * 100 + 1e-4);
}

export type Act = 'choose' | 'take' | 'form' | 'pick';

/**
 * What pressing a candidate's number does. A sure place is taken by one press: the case then still waits for 受理, and
 * its place can be corrected. Any other is chosen first; the second press opens the form. Where only a road or an area
 * is known, the person points at the place on the map. What somebody has typed goes before every shortcut.
 */
export function pressing(place: FoundPlace, chosenAlready: boolean, typed: boolean): Act {
  if (place.point === null) return 'pick';
  if (chosenAlready) return 'form';
  return isSure(place) && !typed ? 'take' : 'choose';
}

export interface Proposal {
  lon: string;
  lat: string;
  crs: string;
  accuracy: string;
  reason: string;
  candidate: string;
}

export function proposalOf(place: FoundPlace, reason: string): Proposal {
  return {
    lon: place.point?.lon.toFixed(7) ?? '',
    lat: place.point?.lat.toFixed(7) ?? '',
    crs: 'CGCS2000',
    accuracy: place.point ? String(Math.max(1, Math.round(place.radius_m))) : '',
    reason,
    candidate: place.key,
  };
}

type Fields = Record<string, unknown>;
const text = (draft: Fields, name: string): string => String(draft[name] ?? '').trim();
const POSITION = ['lon', 'lat', 'accuracy'] as const;

/** Whether a person wrote into the form: anything that no candidate had put there. */
export function isTyped(draft: Fields | null): boolean {
  if (!draft) return false;
  const before = (draft.proposed ?? {}) as Partial<Proposal>;
  return [...POSITION, 'reason' as const].some((name) => text(draft, name) !== '' && text(draft, name) !== (before[name] ?? ''));
}

/** Puts a candidate into the form, but for what a person typed there. Whether the position is the candidate's. */
export function propose(draft: Fields, next: Proposal): boolean {
  const before = (draft.proposed ?? {}) as Partial<Proposal>;
  const own = (name: 'lon' | 'lat' | 'accuracy' | 'reason'): boolean => text(draft, name) === '' || text(draft, name) === before[name];
  const free = POSITION.every(own);
  if (free) Object.assign(draft, { lon: next.lon, lat: next.lat, accuracy: next.accuracy, crs: next.crs });
  if (own('reason')) draft.reason = next.reason;
  const onTheMap = next.lon === '';
  draft.proposed = free ? next : { ...next, lon: '', lat: '', accuracy: '', candidate: onTheMap ? next.candidate : '' };
  return free;
}

/** The candidate a sent position stands for: not once the person has moved it elsewhere. */
export function candidateOf(draft: Fields): string | null {
  const before = (draft.proposed ?? null) as Proposal | null;
  if (!before) return null;
  const onTheMap = before.lon === ''; // a road or an area: the person points, and the words still meant this
  const there = text(draft, 'lon') === before.lon && text(draft, 'lat') === before.lat;
  return onTheMap || there ? before.candidate || null : null;
}

/** Everything a set of candidates covers on the map, with room for the circles; null when nothing has a place. */
export function spanOf(places: FoundPlace[]): LonLat[] {
  const metre = 1 / 111_320;
  return places.flatMap((p) => {
    if (p.line.length) return p.line;
    if (!p.point) return [];
    const [dLat, dLon] = [p.radius_m * metre, (p.radius_m * metre) / Math.cos((p.point.lat * Math.PI) / 180)];
    return [
      { lon: p.point.lon - dLon, lat: p.point.lat - dLat },
      { lon: p.point.lon + dLon, lat: p.point.lat + dLat },
    ];
  });
}

/** Where a number stands: on its point, or in the middle of its stretch of road. */
export function anchorOf(place: FoundPlace): LonLat | null {
  return place.point ?? place.line[Math.floor(place.line.length / 2)] ?? null;
}
