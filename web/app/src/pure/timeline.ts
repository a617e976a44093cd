/** The history of a case as a timeline: newest first, by day, and which events are of a clock. */
import type { CaseEvent } from '../api/types';

const SHIFT_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;

export interface TimelineDay {
  /** Days before today, by Shanghai's midnight; 0 is today. */
  ago: number;
  first: string;
  events: CaseEvent[];
}

const dayOf = (ms: number): number => Math.floor((ms + SHIFT_MS) / DAY_MS);

export function byDay(events: CaseEvent[], now: number): TimelineDay[] {
  const days: TimelineDay[] = [];
  for (const event of [...events].sort((a, b) => b.version - a.version)) {
    const ago = dayOf(now) - dayOf(Date.parse(event.at));
    const last = days.at(-1);
    if (last && last.ago === ago) last.events.push(event);
    else days.push({ ago, first: event.at, events: [event] });
  }
  return days;
}

/** The first `most` events of all days; how many are left out. */
export function folded(days: TimelineDay[], most: number): { days: TimelineDay[]; left: number } {
  let room = most;
  const kept: TimelineDay[] = [];
  let left = 0;
  for (const day of days) {
    const taken = day.events.slice(0, Math.max(0, room));
    left += day.events.length - taken.length;
    room -= taken.length;
    if (taken.length) kept.push({ ...day, events: taken });
  }
  return { days: kept, left };
}

/** Colour is a clock's alone: amber when it was told to run out, red when it had. */
export function toneOf(event: { type: string }): 'warn' | 'late' | '' {
  if (/Breached|Overdue/.test(event.type)) return 'late';
  return /Warned|Warning|Amber/.test(event.type) ? 'warn' : '';
}
