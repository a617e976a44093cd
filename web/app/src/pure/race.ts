/** Who was first, when, with what: the newest step of others behind the version one looked at. Pure. */
import type { CaseEvent } from '../api/types';

const HOUSE = new Set(['clock', 'courier', 'router']);

export function winner(events: CaseEvent[], version: number): CaseEvent | null {
  const after = events.filter((e) => e.version > version);
  return after.find((e) => !HOUSE.has(e.actor)) ?? after[0] ?? null;
}
