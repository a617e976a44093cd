/** What a responder's phone works out by itself: where to go, how far, what comes next. */
import type { Case, Coordination, LonLat } from '../api/types';
import { readClock } from './clocks';

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;
/** As the server: a bad fix widens the radius, but not without end. */
const MOST_TRUSTED_M = 100;

export interface Fix extends LonLat {
  accuracy_m: number;
  at: number;
}
export interface Target {
  point: LonLat | null;
  /** Of the confirmation of arrival; null where none is asked for. */
  radius_m: number | null;
  appointment_at: string | null;
  place: string;
}

export function distanceM(a: LonLat, b: LonLat): number {
  const [dLat, dLon] = [(b.lat - a.lat) * RAD, (b.lon - a.lon) * RAD];
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

const WINDS = ['北', '东北', '东', '东南', '南', '西南', '西', '西北'];
export function windFrom(a: LonLat, b: LonLat): string {
  const x = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) / 2) * RAD);
  const degrees = (Math.atan2(x, b.lat - a.lat) / RAD + 360) % 360;
  return WINDS[Math.round(degrees / 45) % 8] ?? '';
}

export function roundOf(case_: Case, post: string): Coordination | null {
  const round = case_.work?.coordinations.at(-1) ?? null;
  return round && round.posts.includes(post) ? round : null;
}

/** The appointed place of a meeting that waits for this post, else the case's own. */
export function targetOf(case_: Case, post: string): Target {
  const round = roundOf(case_, post);
  if (round && round.missing_posts.includes(post) && round.lon !== null && round.lat !== null) {
    return { point: { lon: round.lon, lat: round.lat }, radius_m: round.radius_m, appointment_at: round.appointment_at, place: round.place };
  }
  return { point: case_.point, radius_m: null, appointment_at: null, place: case_.address ?? '' };
}

export function isWithin(fix: Fix, target: Target): boolean {
  if (!target.point || target.radius_m === null) return false;
  return distanceM(fix, target.point) <= target.radius_m + Math.min(fix.accuracy_m, MOST_TRUSTED_M);
}

/** By the clock that runs out first; what has none goes last, the newest of those first. */
export function ordered<T extends Pick<Case, 'clock' | 'received_at'>>(cases: T[], now: number): T[] {
  const due = (c: T): number => readClock(c.clock, now).dueAt;
  return [...cases].sort((a, b) => {
    const [x, y] = [due(a), due(b)];
    return x === y ? b.received_at.localeCompare(a.received_at) : x - y;
  });
}

/** The one step under the thumb, in the order of the work. */
const ORDER = ['signing', 'response', 'verification-result', 'disposal', 'feedback'];
/** Once a step waits to be sent, what it leads to can be prepared as well. */
const OPENS: Record<string, string[]> = { signing: ['disposal', 'disposal-end', 'feedback'] };

export function stepsNow(case_: Case, waiting: string[], offered: (path: string) => boolean): { primary: string | null; more: string[] } {
  const listed = [...case_.steps.map((s) => s.path), ...waiting.flatMap((p) => OPENS[p] ?? [])];
  const all = [...new Set(listed)].filter((p) => !waiting.includes(p) && offered(p));
  const primary = ORDER.find((p) => all.includes(p)) ?? null;
  return { primary, more: all.filter((p) => p !== primary && p !== 'help-request') };
}

/** Which door a post's own find comes through. */
export function sourceOf(role: string): string {
  return role === 'station' || role === 'department' ? role : 'inspection';
}

/** Own positions go out at most so often, and when one has really moved. */
export function isWorthSending(last: Fix | null, next: Fix): boolean {
  if (!last) return true;
  return next.at - last.at >= 30_000 || distanceM(last, next) >= 20;
}
