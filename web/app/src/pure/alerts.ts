/** Which alerts arise from the cases and their clocks; which are left after 知道了; how many become a few cards. Pure. */
import type { Case, Mail } from '../api/types';
import { readClock } from './clocks';
import { isOpen, onDesk } from './queue';

export type AlarmKind = 'urgent' | 'late' | 'warn';
export interface Alarm {
  /** Case, clock and colour: once acknowledged it never comes again. */
  key: string;
  kind: AlarmKind;
  case_: Case;
  words: string;
  dueAt: number;
}
export interface Card {
  kind: AlarmKind;
  alarms: Alarm[];
}
export type Acknowledged = Record<string, number>;

export const ORDER: AlarmKind[] = ['urgent', 'late', 'warn'];
const ALONE = 3; // so many of a kind have a card each; more are one card
const NEW_MS = 24 * 3_600_000;
const KEPT_MS = 30 * 86_400_000;

/** Whose alarms: a coordinator hears of all of the desk, others of what waits for them. */
export function alarmsOf(cases: Iterable<Case>, letters: Mail[], now: number, who: { role: string; desk: string | null }): Alarm[] {
  const found: Alarm[] = [];
  const noted = new Set(letters.filter((m) => m.urgent && m.acknowledged_at).map((m) => m.case_id));
  for (const case_ of cases) {
    if (!isOpen(case_) || !(who.role === 'coordinator' ? onDesk(case_, who.desk) : case_.mine)) continue;
    for (const clock of case_.clocks.length ? case_.clocks : case_.clock ? [case_.clock] : []) {
      const { tone, words, dueAt } = readClock(clock, now);
      if (tone !== 'late' && tone !== 'warn') continue;
      found.push({ key: `${case_.id} ${clock.code} ${clock.started_at} ${tone}`, kind: tone, case_, words, dueAt });
    }
    const waits = case_.status === 'received' || case_.status === 'boundary_review' || case_.status === 'no_location';
    const fresh = now - Date.parse(case_.received_at) < NEW_MS;
    // R54: an urgent case is answered within ten minutes. What a colleague of the post has taken note of is quiet here, too.
    if (case_.urgent && waits && fresh && !noted.has(case_.id)) {
      const { words, dueAt } = readClock(case_.clock, now);
      found.push({ key: `${case_.id} urgent`, kind: 'urgent', case_, words, dueAt });
    }
  }
  return found;
}

/** What is not acknowledged, the weightiest of each case only: urgent, then late, then the limit that comes first. */
export function waiting(alarms: Alarm[], known: Acknowledged): Alarm[] {
  const sorted = alarms
    .filter((a) => !(a.key in known))
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.dueAt - b.dueAt || (a.key < b.key ? -1 : 1));
  const seen = new Set<string>();
  return sorted.filter((a) => !seen.has(a.case_.id) && seen.add(a.case_.id));
}

/** All alarms of these cases are known from now on, those behind the one that was shown as well. */
export function acknowledged(known: Acknowledged, alarms: Alarm[], cases: Set<string>, now: number): Acknowledged {
  const kept = Object.entries(known).filter(([, at]) => now - at < KEPT_MS);
  return Object.fromEntries([...kept, ...alarms.filter((a) => cases.has(a.case_.id)).map((a) => [a.key, now] as const)]);
}

/** A card for each alarm; more than three of a kind are one card (12 件超时), but an urgent case is known one by one (R54). */
export function cardsOf(alarms: Alarm[]): Card[] {
  return ORDER.flatMap((kind): Card[] => {
    const these = alarms.filter((a) => a.kind === kind);
    if (kind !== 'urgent' && these.length > ALONE) return [{ kind, alarms: these }];
    return these.map((alarm) => ({ kind, alarms: [alarm] }));
  });
}
