/** The time slider: which cases of the last day the map shows, by when they came in. */
import type { Case } from '../api/types';
import { hourMinute } from './time';

export const DAY_STEPS = 48;
const STEP_MS = 30 * 60_000;

/** Half-hour steps of the last 24 hours: 0 is a day ago, 48 is now. */
export interface Window {
  from: number;
  to: number;
}
export const WHOLE: Window = { from: 0, to: DAY_STEPS };

/** With both ends at the edges nothing is left out: what is older than a day is shown, too. */
export function isWhole(w: Window): boolean {
  return w.from <= 0 && w.to >= DAY_STEPS;
}

export function momentAt(step: number, now: number): number {
  return now - (DAY_STEPS - step) * STEP_MS;
}

/** Received within the window. From the left edge on, what is older belongs to it: the question is "up to when". */
export function inWindow(case_: Pick<Case, 'received_at'>, w: Window, now: number): boolean {
  const at = Date.parse(case_.received_at);
  return (w.from <= 0 || at >= momentAt(w.from, now)) && (w.to >= DAY_STEPS || at < momentAt(w.to, now));
}

/** The next picture of the film: a window of the same width, one step on; from the end it begins anew. */
export function advance(w: Window): Window {
  const width = isWhole(w) ? 4 : w.to - w.from;
  if (isWhole(w) || w.to >= DAY_STEPS) return { from: 0, to: Math.max(1, width) };
  return { from: w.from + 1, to: w.to + 1 };
}

/** 昨天 17:30–19:00, or 至 09:30 where it has no beginning. */
export function windowWords(w: Window, now: number, words: { until: string; now: string; yesterday: string }): string {
  const name = (step: number): string => {
    if (step >= DAY_STEPS) return words.now;
    const at = momentAt(step, now);
    const day = (ms: number): number => Math.floor((ms + 8 * 3_600_000) / 86_400_000);
    return (day(at) < day(now) ? words.yesterday : '') + hourMinute(at);
  };
  if (w.from <= 0) return `${words.until}${name(w.to)}`;
  const [from, to] = [name(w.from), name(w.to)];
  return `${from}–${from.startsWith(words.yesterday) ? to.replace(words.yesterday, '') : to}`;
}
