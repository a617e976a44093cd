/** What the form of a step is made of. */
import type { Proposals } from '../api/case';
import type { Case, Duty, FileRef, Force, Owner } from '../api/types';

export interface Option {
  value: string;
  label: string;
  hint?: string;
  /** The server proposes it. */
  proposed?: boolean;
}

export type Draft = Record<string, unknown>;

/** What a form may know besides what is typed. */
export interface Context {
  case_: Case;
  post: string;
  role: string;
  desk: string | null;
  now: number;
  grids: { code: string; name: string; sector: string }[];
  /** Whom a refused case may belong to; and which candidate grid is chosen. */
  owners: Owner[];
  chosen: number;
  /** Who is on the desk's duty list. */
  forces: Force[];
  /** Whom the server proposes, best first; null where this post may not ask. */
  proposals?: Proposals | null;
  label(post: string): string;
}

export type FieldKind =
  | 'line'
  | 'text'
  | 'choice'
  | 'checks'
  | 'toggle'
  | 'moment'
  | 'day'
  | 'post'
  | 'posts'
  | 'case'
  | 'files'
  | 'duties'
  | 'points'
  | 'place';

export interface Field {
  /** The field of the command; its errors stand here. */
  name: string;
  label: string;
  kind: FieldKind;
  required?: boolean | ((draft: Draft, c: Context) => boolean);
  options?: (c: Context, draft: Draft) => Option[];
  hint?: string | ((c: Context, draft: Draft) => string);
  placeholder?: string;
  show?: (draft: Draft, c: Context) => boolean;
  most?: number;
  rows?: number;
  /** For `posts`: those without a call so far are marked, and calls are noted in place (R53). */
  phoneFirst?: (c: Context) => boolean;
}

export interface Form {
  command: string;
  /** Verb and object; without it the server's own word. */
  button?: (c: Context, draft: Draft) => string;
  /** What the button that opens the form says, where that is another word. */
  open?: (c: Context) => string;
  fields: Field[];
  start?: (c: Context) => Draft;
  /** Whether it makes sense now, beyond what the server's table allows. */
  offered?: (c: Context) => boolean;
  /** One click with what `start` proposes. */
  quick?: boolean;
  note?: (c: Context) => string;
  /** Changes what the fields would send. */
  body?: (body: Draft, draft: Draft, c: Context) => Draft;
  check?: (draft: Draft, c: Context) => Record<string, string>;
}

export interface DutyRow {
  post: string;
  role: 'lead' | 'assist';
  text: string;
  due_at: string;
}
export interface PointRow {
  code: string;
  passed: '' | 'yes' | 'no';
  note: string;
}
export type FileRow = FileRef;

export function openDuties(case_: Case): Duty[] {
  return (case_.work?.duties ?? []).filter((d) => d.dropped_at === null && d.feedback_at === null);
}

export function ownDuty(c: Context): Duty | undefined {
  const own = (c.case_.work?.duties ?? []).filter((d) => d.post === c.post && d.dropped_at === null);
  return own.find((d) => d.feedback_at === null) ?? own.at(-1);
}

const TIER: Record<string, number> = { simple: 1, complex: 2, difficult: 2, repeat: 2, supervised: 2, urgent: 3, major: 3 };

/** 0 社区层面, 1 push only, 2 instruction and phone first, 3 the head as well (A-16: the strictest wins). */
export function tierOf(case_: { kind: string | null; grades: string[] }): number {
  if (case_.kind !== 'joint') return 0;
  return Math.max(1, ...case_.grades.map((g) => TIER[g] ?? 1));
}

/** Whose phone has rung since this round of handling began. */
export function calledPosts(case_: Case): Map<string, string> {
  return new Map((case_.work?.calls ?? []).map((call) => [call.post, call.outcome_label]));
}

const SHIFT_MS = 8 * 3_600_000;

/** A moment as the input of the browser writes it, in Shanghai's time; and back. */
export function toInput(ms: number): string {
  return new Date(ms + SHIFT_MS).toISOString().slice(0, 16);
}
export function fromInput(text: string): string {
  return text ? `${text}:00+08:00` : '';
}
export function dayInput(ms: number): string {
  return new Date(ms + SHIFT_MS).toISOString().slice(0, 10);
}
