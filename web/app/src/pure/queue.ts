/** What a queue shows: tabs, filters, search and the order by the limit that comes first. */
import type { Case } from '../api/types';
import { readClock } from './clocks';
import { classOf, type CaseClass } from './shapes';

export const TABS = [
  'todo',
  'received',
  'no_location',
  'boundary_review',
  'accepted',
  'overdue',
  'rejected',
] as const;
export type Tab = (typeof TABS)[number];

export interface Filter {
  sources: string[];
  classes: CaseClass[];
  /** Community codes; an empty list lets everything through. */
  grids: string[];
}

export const NO_FILTER: Filter = { sources: [], classes: [], grids: [] };

/** Still on the map: everything but what was refused. */
export function isOpen(case_: Case): boolean {
  return case_.status !== 'rejected_out_of_area';
}

/** Whose queue: this desk's, and what no desk has yet. Without a desk, all. */
export function onDesk(case_: Case, desk: string | null): boolean {
  return desk === null || case_.desk === null || case_.desk === desk;
}

/** What this desk has refused, wherever the street centre sent it then. */
export function refusedBy(case_: Case, desk: string | null): boolean {
  return case_.refusals.some((r) => desk === null || r.desk === null || r.desk === desk);
}

/** Everything one tab or another of this desk shows. */
export function concerns(case_: Case, desk: string | null): boolean {
  return onDesk(case_, desk) || refusedBy(case_, desk);
}

const TODO = new Set(['received', 'no_location', 'boundary_review']);

/** 待办 is what waits for the coordinator; a refusal whose feedback is late is 超时 like any other case. */
export function inTab(case_: Case, tab: Tab, now: number, desk: string | null): boolean {
  if (tab === 'rejected') return refusedBy(case_, desk);
  if (!onDesk(case_, desk)) return false;
  if (tab === 'todo') return TODO.has(case_.status);
  if (tab === 'overdue') return readClock(case_.clock, now).tone === 'late';
  return case_.status === tab;
}

export function passes(case_: Case, filter: Filter): boolean {
  const { sources, classes, grids } = filter;
  return (
    (!sources.length || sources.includes(case_.source)) &&
    (!classes.length || classes.includes(classOf(case_))) &&
    (!grids.length || (case_.community !== null && grids.includes(case_.community.code)))
  );
}

export function matches(case_: Case, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return true;
  const held = [
    case_.number,
    case_.title,
    case_.description,
    case_.address,
    case_.category,
    case_.community?.name,
    ...case_.external_ids.map((e) => e.number),
  ];
  return wanted.split(/\s+/).every((word) => held.some((h) => h?.toLowerCase().includes(word)));
}

/** 先到时限在前; without a clock the newest first. */
export function byLimit(now: number): (a: Case, b: Case) => number {
  return (a, b) => {
    const [x, y] = [readClock(a.clock, now).dueAt, readClock(b.clock, now).dueAt];
    if (x !== y) return x < y ? -1 : 1;
    return a.received_at < b.received_at ? 1 : a.received_at > b.received_at ? -1 : a.number < b.number ? 1 : -1;
  };
}

/** Rows that came in above the first one seen: the scroll position moves by as many, so that the eye does not. */
export function anchorShift(before: string[], after: string[], firstSeen: number): number {
  for (let i = firstSeen; i < before.length; i += 1) {
    const id = before[i];
    const at = id === undefined ? -1 : after.indexOf(id);
    if (at >= 0) return at - i;
  }
  return 0;
}
