import { describe, expect, it } from 'vitest';
import { acknowledged, alarmsOf, cardsOf, waiting } from '../src/pure/alerts';
import { winner } from '../src/pure/race';
import type { CaseEvent } from '../src/api/types';
import { due, made } from './make';

const who = { role: 'coordinator', desk: '140901' };
const at = (hhmm: string): number => Date.parse(`2026-03-11T${hhmm}:00+08:00`);
const one = (over = {}) => made({ clock: due('09:30'), clocks: [due('09:30')!], ...over });
const kinds = (hhmm: string, cases = [one()], known = {}): string[] => waiting(alarmsOf(cases, [], at(hhmm), who), known).map((a) => a.kind);

describe('alerts', () => {
  it('arise when a clock turns amber, and again when it turns red', () => {
    expect(kinds('09:10')).toEqual([]);
    expect(kinds('09:22')).toEqual(['warn']);
    expect(kinds('09:31')).toEqual(['late']);
  });
  it('never come again for the same case and clock', () => {
    const amber = alarmsOf([one()], [], at('09:22'), who);
    const known = acknowledged({}, amber, new Set(['c1']), at('09:22'));
    expect(kinds('09:25', [one()], JSON.parse(JSON.stringify(known)))).toEqual([]);
    expect(kinds('09:31', [one()], known)).toEqual(['late']);
  });
  it('tell of an urgent case once, before its clock, until it is taken on', () => {
    expect(kinds('09:22', [one({ urgent: true })])).toEqual(['urgent']);
    expect(kinds('09:10', [one({ urgent: true, status: 'accepted' })])).toEqual([]);
  });
  it('are of the own desk, and for others of what waits for them', () => {
    expect(kinds('09:31', [one({ desk: '140902' })])).toEqual([]);
    const station = { role: 'station', desk: null };
    expect(alarmsOf([one()], [], at('09:31'), station)).toEqual([]);
    expect(alarmsOf([one({ mine: true })], [], at('09:31'), station)).toHaveLength(1);
  });
  it('become one card when they are many', () => {
    const many = Array.from({ length: 100 }, (_, i) => one({ id: `c${i}` }));
    const found = waiting(alarmsOf(many, [], at('09:31'), who), {});
    expect(cardsOf(found).map((c) => c.alarms.length)).toEqual([100]);
    expect(cardsOf(found.slice(0, 3))).toHaveLength(3);
    const urgent = waiting(alarmsOf(many.map((c) => ({ ...c, urgent: true })), [], at('09:22'), who), {});
    expect(cardsOf(urgent)).toHaveLength(100); // one by one
  });
});

describe('a lost race', () => {
  it('was won by the first step of somebody behind the version seen', () => {
    const event = (version: number, actor: string): CaseEvent => ({ version, actor, type: '', label: '', at: '', actor_label: '', on_behalf_of: null, data: {} });
    expect(winner([event(1, 'a'), event(2, 'clock'), event(3, 'b')], 1)?.actor).toBe('b');
    expect(winner([event(1, 'a')], 1)).toBeNull();
  });
});
