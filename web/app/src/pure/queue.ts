/** What a queue shows: tabs, filters, search and the order by the limit that comes first. */
import type { Case } from '../api/types';
import { momentsOf } from './clocks';
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

export type Received = 'today' | '1h' | '24h' | '7d' | 'range';
export type Due = 'late' | '30m' | '1h' | '4h' | 'today';
export const RECEIVED: readonly Received[] = ['today', '1h', '24h', '7d', 'range'];
export const DUE: readonly Due[] = ['late', '30m', '1h', '4h', 'today'];

/** What is left of a queue; an empty list and null let everything through. */
export interface Filter {
  sources: string[];
  classes: CaseClass[];
  /** Community codes. */
  grids: string[];
  received: Received | null;
  /** Of the range, as the fields of the browser write it (Shanghai's time): 2026-03-11T09:30. */
  from: string;
  to: string;
  due: Due | null;
}
export const NO_FILTER: Filter = { sources: [], classes: [], grids: [], received: null, from: '', to: '', due: null };

/** A filter as it was kept by an older page, or half of one. */
export function filterOf(held: Partial<Filter>): Filter {
  return { ...NO_FILTER, ...held };
}

export function countOf({ sources, classes, grids, received, due }: Filter): number {
  return sources.length + classes.length + grids.length + (received ? 1 : 0) + (due ? 1 : 0);
}

/** Whether what passes changes by itself as time goes on. */
export function isTimed(filter: Filter): boolean {
  return filter.due !== null || (filter.received !== null && filter.received !== 'range');
}

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
  if (tab === 'overdue') return firstDue(case_) <= now;
  if (tab === 'to_dispatch') return case_.status === 'accepted' && case_.kind !== 'joint';
  if (tab === 'to_coordinate') return case_.status === 'accepted' && case_.kind === 'joint';
  if (tab === 'supervised') return supervised(case_);
  return BY_STATUS[tab]?.includes(case_.status) ?? false;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SHIFT = 8 * HOUR; // Shanghai
const AGES: Record<'1h' | '24h' | '7d', number> = { '1h': HOUR, '24h': DAY, '7d': 7 * DAY };
const WITHIN: Record<'30m' | '1h' | '4h', number> = { '30m': HOUR / 2, '1h': HOUR, '4h': 4 * HOUR };

/** Where Shanghai's day began that `now` lies in. */
export function dayOf(now: number): number {
  return Math.floor((now + SHIFT) / DAY) * DAY - SHIFT;
}

export function passes(case_: Case, filter: Filter, now: number): boolean {
  const { sources, classes, grids } = filter;
  return (
    (!sources.length || sources.includes(case_.source)) &&
    (!classes.length || classes.includes(classOf(case_))) &&
    (!grids.length || (case_.community !== null && grids.includes(case_.community.code))) &&
    cameIn(case_, filter, now) &&
    runsOut(case_, filter, now)
  );
}

function cameIn(case_: Case, { received, from, to }: Filter, now: number): boolean {
  if (received === null) return true;
  const at = receivedAt(case_);
  if (received === 'today') return at >= dayOf(now);
  if (received !== 'range') return at >= now - AGES[received];
  // The minute that was chosen as the end belongs to the range.
  return (!from || at >= shanghai(from)) && (!to || at < shanghai(to) + 60_000);
}

function shanghai(field: string): number {
  return Date.parse(`${field}:00+08:00`);
}

function runsOut(case_: Case, { due }: Filter, now: number): boolean {
  if (due === null) return true;
  const at = firstDue(case_);
  if (due === 'late') return at <= now;
  return at > now && at <= (due === 'today' ? dayOf(now) + DAY : now + WITHIN[due]);
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

/* What order and 超时 go by, read once per case: a changed case is another object. */
interface Times {
  due: number;
  first: number;
  received: number;
}
const times = new WeakMap<Case, Times>();

function timesOf(case_: Case): Times {
  const held = times.get(case_);
  if (held) return held;
  const running = [case_.clock, ...case_.clocks].map((c) => dueAt(c));
  const found = { due: dueAt(case_.clock), first: Math.min(...running), received: Date.parse(case_.received_at) };
  times.set(case_, found);
  return found;
}
function dueAt(clock: Case['clock']): number {
  if (!clock) return Number.POSITIVE_INFINITY;
  const { due, end } = momentsOf(clock);
  return end === null ? due : Number.POSITIVE_INFINITY;
}
/** When the first of its running clocks is over. */
function firstDue(case_: Case): number {
  return timesOf(case_).first;
}
function receivedAt(case_: Case): number {
  return timesOf(case_).received;
}

export const ORDERS = ['limit', 'newest', 'grid'] as const;
export type Order = (typeof ORDERS)[number];

/** 先到时限在前; without a clock the newest first. */
function byLimit(a: Case, b: Case): number {
  const [x, y] = [timesOf(a).due, timesOf(b).due];
  return x === y ? byNewest(a, b) : x < y ? -1 : 1;
}
function byNewest(a: Case, b: Case): number {
  const [x, y] = [timesOf(a).received, timesOf(b).received];
  return x !== y ? (x < y ? 1 : -1) : a.number < b.number ? 1 : a.number > b.number ? -1 : 0;
}
/** Grid by grid, each by its limits; what has no grid yet comes first, as it waits for one. */
function byGrid(a: Case, b: Case): number {
  const [x, y] = [a.community?.code ?? '', b.community?.code ?? ''];
  return x === y ? byLimit(a, b) : x < y ? -1 : 1;
}
const COMPARE: Record<Order, (a: Case, b: Case) => number> = { limit: byLimit, newest: byNewest, grid: byGrid };

/** None of the orders goes by the hour of the day, so a list is put in order when it changes, not at every tick. */
export function inOrder(cases: readonly Case[], order: Order): Case[] {
  return [...cases].sort(COMPARE[order]);
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
