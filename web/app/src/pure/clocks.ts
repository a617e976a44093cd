/**
 * A clock's colour and words at this moment. The server sends the moments; the screen counts by itself, so that
 * a case turns amber on time even while nothing is sent. Amber by the warning moment, red only by the formal limit.
 */
import type { Clock } from '../api/types';
import { span } from './time';

export type Tone = 'ok' | 'warn' | 'late' | 'none';

export interface Reading {
  tone: Tone;
  /** Share of the limit used, 0 to 1. */
  used: number;
  words: string;
  /** Orders a queue by the limit that comes first; stopped clocks go last. */
  dueAt: number;
}

export const NO_CLOCK: Reading = { tone: 'none', used: 0, words: '不计时', dueAt: Number.POSITIVE_INFINITY };

export function readClock(clock: Clock | null | undefined, now: number): Reading {
  if (!clock) return NO_CLOCK;
  const { start, due, end, warn } = momentsOf(clock);
  const used = share(start, due, end ?? now);
  if (end !== null) {
    return { tone: 'none', used, words: end > due ? '超时完成' : '按时完成', dueAt: Number.POSITIVE_INFINITY };
  }
  if (now >= due) return { tone: 'late', used: 1, words: `超时 ${span(now - due)}`, dueAt: due };
  return { tone: now >= warn ? 'warn' : 'ok', used, words: `剩余 ${span(due - now)}`, dueAt: due };
}

interface Moments {
  start: number;
  due: number;
  end: number | null;
  warn: number;
}
/** Read once per clock: a queue of 10,000 asks for them at every tick. A changed clock is another object. */
const read = new WeakMap<Clock, Moments>();

export function momentsOf(clock: Clock): Moments {
  const held = read.get(clock);
  if (held) return held;
  const [start, due] = [Date.parse(clock.started_at), Date.parse(clock.due_at)];
  const found = {
    start,
    due,
    end: clock.stopped_at ? Date.parse(clock.stopped_at) : null,
    warn: clock.warn_at ? Date.parse(clock.warn_at) : start + (due - start) * 0.7,
  };
  read.set(clock, found);
  return found;
}

/** Where the internal alarm stands on the bar of the formal limit, 0 to 1, or null. */
export function internalTick(clock: Clock): number | null {
  if (!clock.internal_due_at) return null;
  return share(Date.parse(clock.started_at), Date.parse(clock.due_at), Date.parse(clock.internal_due_at));
}

function share(start: number, due: number, at: number): number {
  return due > start ? Math.min(1, Math.max(0, (at - start) / (due - start))) : 1;
}
