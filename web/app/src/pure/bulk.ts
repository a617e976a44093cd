/**
 * One step on many cases. What is taken is what a person would do with the one wide button, case by case; where a
 * person has to look and choose (a boundary, a place, another's case, a case that came back) it is never taken.
 */
import type { Case } from '../api/types';
import { stepsOf } from './steps';

export type BulkStep = 'acceptance' | 'dispatch';
export const BULK_STEPS: readonly BulkStep[] = ['acceptance', 'dispatch'];

export type WhyNot = 'boundary' | 'place' | 'foreign' | 'otherDesk' | 'post' | 'status' | 'joint' | 'returned' | 'grid';

export interface Taken {
  case_: Case;
  /** What is sent; the version is the one that was looked at. */
  body: Record<string, unknown>;
  grid: { code: string; name: string };
}
export interface Left {
  case_: Case;
  why: WhyNot;
}
export interface Sorted {
  take: Taken[];
  leave: Left[];
}

const BACK = new Set(['station_returned', 'returned_for_rework', 'reopened']);

export function judge(case_: Case, step: BulkStep, desk: string | null): Taken | Left {
  const left = (why: WhyNot): Left => ({ case_, why });
  if (desk !== null && case_.desk !== null && case_.desk !== desk) return left('otherDesk');
  if (step === 'acceptance') {
    if (case_.status === 'boundary_review') return left('boundary');
    if (case_.status === 'no_location') return left('place');
    if (case_.status !== 'received') return left('status');
    const accept = stepsOf(case_, desk, 0).accept;
    if (!accept) return left('foreign');
    if (!case_.steps.some((s) => s.path === step)) return left('post');
    if (!accept.community) return left('grid');
    return { case_, grid: accept.community, body: { version: case_.version, community: accept.community.code } };
  }
  if (BACK.has(case_.status)) return left('returned');
  if (case_.status !== 'accepted') return left('status');
  if (case_.kind === 'joint') return left('joint');
  if (!case_.steps.some((s) => s.path === step)) return left('post');
  if (!case_.community) return left('grid');
  return { case_, grid: case_.community, body: { version: case_.version, station: case_.community.code } };
}

export function sortOut(cases: readonly Case[], step: BulkStep, desk: string | null): Sorted {
  const found: Sorted = { take: [], leave: [] };
  for (const case_ of cases) {
    const one = judge(case_, step, desk);
    if ('why' in one) found.leave.push(one);
    else found.take.push(one);
  }
  return found;
}

/** The reasons, each with how many, the most first. */
export function reasons(leave: readonly Left[]): [WhyNot, number][] {
  const counted = new Map<WhyNot, number>();
  for (const { why } of leave) counted.set(why, (counted.get(why) ?? 0) + 1);
  return [...counted].sort((a, b) => b[1] - a[1]);
}

/**
 * Runs `act` on all, some at a time, and tells of each as it is done. After a cancel nothing new begins; what has begun
 * is waited for, so that its result is known.
 */
export async function runAll<T>(
  items: readonly T[],
  act: (item: T) => Promise<void>,
  { atOnce = 4, stopped = () => false }: { atOnce?: number; stopped?: () => boolean } = {},
): Promise<number> {
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && !stopped()) {
      const item = items[next] as T;
      next += 1;
      await act(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return next;
}

/** Rows from one to another, both included, in whichever direction. */
export function between(ids: readonly string[], from: string, to: string): string[] {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)];
  if (a < 0 || b < 0) return b < 0 ? [] : [to];
  return ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}
