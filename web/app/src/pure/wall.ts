/** What fits on the wall, and which lines stand there; pure, so that it is tested without a screen. */
import type { Case, Change } from '../api/types';
import { readClock, type Tone } from './clocks';
import { inOrder, isOpen, onDesk } from './queue';

/** The picture is drawn for 1920×1080 and seen from five metres: all sizes are shares of the screen's own. */
const [WIDTH, HEIGHT] = [1920, 1080];
const HEAD = 144;
const ROW = 88;
const LINE = 50;
/** Headings and edges of the two lists: one under the other, and each in a column of its own. */
const [UNDER, BESIDE] = [144, 64];
const LINES = 5;

export interface WallLayout {
  /** One pixel of the drawing in pixels of this screen. */
  unit: number;
  /** Two screens side by side: the map keeps its height and the lists stand beside each other. */
  wide: boolean;
  rows: number;
  lines: number;
}

export function layoutOf(width: number, height: number): WallLayout {
  const unit = Math.min(width / WIDTH, height / HEIGHT);
  const wide = width / height >= 2.6;
  const room = height / unit - HEAD;
  if (wide) return { unit, wide, rows: fit(room - BESIDE, ROW), lines: fit(room - BESIDE, LINE) };
  return { unit, wide, rows: fit(room - UNDER - LINES * LINE, ROW), lines: LINES };
}

function fit(room: number, each: number): number {
  return Math.max(1, Math.floor(room / each));
}

export interface WallNumbers {
  todo: number;
  amber: number;
  red: number;
}

const TODO = new Set(['received', 'no_location', 'boundary_review']);

export function countOf(cases: Iterable<Case>, now: number): WallNumbers {
  const counted = { todo: 0, amber: 0, red: 0 };
  for (const case_ of cases) {
    const { tone } = readClock(case_.clock, now);
    if (TODO.has(case_.status)) counted.todo += 1;
    if (tone === 'warn') counted.amber += 1;
    if (tone === 'late') counted.red += 1;
  }
  return counted;
}

/** Whose limit comes first; what no clock runs for nobody waits for. */
export function firstOf(cases: Iterable<Case>, now: number, most: number): Case[] {
  const running = [...cases].filter((c) => readClock(c.clock, now).tone !== 'none');
  return inOrder(running, 'limit').slice(0, most);
}

/** Only what is open and this desk's stays in memory: a wall runs for days. */
export function belongs(case_: Case, desk: string | null): boolean {
  return isOpen(case_) && onDesk(case_, desk);
}

export interface WallRecord {
  key: string;
  at: string;
  title: string;
  what: string;
  tone: Tone;
}

/** The words of an event that the room should see; null for the many small ones. */
export type Saying = (change: Pick<Change, 'type'>, case_: Case) => string | null;

const TONES: Partial<Record<string, Tone>> = { ClockWarned: 'warn', ClockBreached: 'late' };

export function recordOf(change: Pick<Change, 'id' | 'type'>, case_: Case, title: string, say: Saying): WallRecord | null {
  const what = say(change, case_);
  if (!what) return null;
  const tone = TONES[change.type] ?? 'none';
  return { key: change.id, at: case_.updated_at, title, what, tone };
}

/** Newest first, each once, and never more than the wall can show. */
export function withRecords(held: WallRecord[], fresh: WallRecord[], most: number): WallRecord[] {
  const keys = new Set(fresh.map((r) => r.key));
  return [...fresh, ...held.filter((r) => !keys.has(r.key))].slice(0, most);
}
