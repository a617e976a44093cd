/** What a queue shows: tabs, filters, search and the order by the limit that comes first. */
import type { Case } from '../api/types';
import { readClock } from './clocks';
import { classOf, type CaseClass } from './shapes';

export const TABS = [
  'todo',
  'mine',
  'received',
  'no_location',
  'boundary_review',
  'to_dispatch',
  'to_instruct',
  'to_coordinate',
  'to_respond',
  'disposing',
  'to_verify',
  'to_close',
  'returned',
  'overdue',
  'rejected',
  'supervised',
  'escalated',
] as const;
export type Tab = (typeof TABS)[number];

export interface Filter {
  sources: string[];
  classes: CaseClass[];
  /** Community codes; an empty list lets everything through. */
  grids: string[];
}

export const NO_FILTER: Filter = { sources: [], classes: [], grids: [] };

const ENDED = new Set(['rejected_out_of_area', 'returned_to_source', 'merged', 'withdrawn', 'closed', 'archived']);

/** Still on the map: what somebody has to do something about. */
export function isOpen(case_: Case): boolean {
  return !ENDED.has(case_.status);
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

/** The tabs that are one status or some of them; the same conditions as the server's (cases/tabs.py). */
const BY_STATUS: Partial<Record<Tab, readonly string[]>> = {
  todo: ['received', 'no_location', 'boundary_review'],
  received: ['received'],
  no_location: ['no_location'],
  boundary_review: ['boundary_review'],
  to_instruct: ['instruction_pending'],
  to_respond: ['coordinating'],
  disposing: ['dispatched', 'signed_for', 'responded', 'coordinated', 'disposing'],
  to_verify: ['verifying'],
  to_close: ['feedback_submitted', 'under_review'],
  returned: ['returned_for_rework', 'station_returned', 'reopened'],
  escalated: ['escalated_1', 'escalated_2'],
};

function supervised(case_: Case): boolean {
  if (case_.status === 'suspended') return true;
  if (!isOpen(case_)) return false;
  const ordered = case_.clocks.some((c) => c.code === 'supervision_limit' && c.stopped_at === null);
  return case_.supervised || case_.grades.includes('supervised') || ordered;
}

/** 待办 is what waits for the coordinator; a refusal whose feedback is late is 超时 like any other case. */
export function inTab(case_: Case, tab: Tab, now: number, desk: string | null): boolean {
  if (tab === 'rejected') return refusedBy(case_, desk);
  if (!onDesk(case_, desk)) return false;
  if (tab === 'mine') return case_.mine;
  if (tab === 'overdue') return case_.clocks.some((c) => readClock(c, now).tone === 'late') || readClock(case_.clock, now).tone === 'late';
  if (tab === 'to_dispatch') return case_.status === 'accepted' && case_.kind !== 'joint';
  if (tab === 'to_coordinate') return case_.status === 'accepted' && case_.kind === 'joint';
  if (tab === 'supervised') return supervised(case_);
  return BY_STATUS[tab]?.includes(case_.status) ?? false;
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
