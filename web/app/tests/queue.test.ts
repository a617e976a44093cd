import { describe, expect, it } from 'vitest';
import type { CaseStatus, Refusal } from '../src/api/types';
import { anchorShift, byLimit, inTab, matches, NO_FILTER, onDesk, passes, TABS } from '../src/pure/queue';
import { due, made } from './make';

const NOW = Date.parse('2026-03-11T09:31:00+08:00');

describe('order and tabs', () => {
  it('puts the limit that comes first in front, cases without a clock last', () => {
    const rows = [made({ id: 'none' }), made({ id: 'b', clock: due('10:00') }), made({ id: 'late', clock: due('09:10') })];
    expect(rows.sort(byLimit(NOW)).map((c) => c.id)).toEqual(['late', 'b', 'none']);
  });

  it('a refused case is in its own tab, and 超时 when its feedback is late', () => {
    const refused = made({ status: 'rejected_out_of_area', refusals: [{ desk: '140901' } as Refusal], clock: due('23:00') });
    const tabs = (c: typeof refused, at: number): string[] => TABS.filter((t) => inTab(c, t, at, '140901'));
    expect(tabs(refused, NOW)).toEqual(['rejected']);
    expect(tabs(refused, NOW + 24 * 3_600_000)).toEqual(['overdue', 'rejected']);
  });

  it('what one refused stays in the list although the other desk has it now', () => {
    const passedOn = made({ desk: '140902', refusals: [{ desk: '140901' } as Refusal] });
    expect(TABS.filter((t) => inTab(passedOn, t, NOW, '140901'))).toEqual(['rejected']);
    expect(TABS.filter((t) => inTab(passedOn, t, NOW, '140902'))).toEqual(['todo', 'received']);
  });

  it('待办 is what waits for the coordinator', () => {
    const todo = (status: CaseStatus): boolean => inTab(made({ status }), 'todo', NOW, '140901');
    expect((['received', 'no_location', 'boundary_review', 'accepted', 'rejected_out_of_area'] as const).filter(todo)).toEqual([
      'received', 'no_location', 'boundary_review',
    ]);
  });

  it('a case is overdue from the minute its limit passes, without a word from the server', () => {
    const case_ = made({ clock: due('09:32') });
    expect(inTab(case_, 'overdue', NOW, null)).toBe(false);
    expect(inTab(case_, 'overdue', NOW + 60_000, null)).toBe(true);
  });

  it('a desk sees its own cases and those that no desk has yet', () => {
    expect(onDesk(made({ desk: '140901' }), '140901')).toBe(true);
    expect(onDesk(made({ desk: null }), '140901')).toBe(true);
    expect(onDesk(made({ desk: '140902' }), '140901')).toBe(false);
    expect(onDesk(made({ desk: '140902' }), null)).toBe(true);
  });
});

describe('search and filters', () => {
  it('finds by number, matter, address and outside number; all words must be found', () => {
    for (const text of ['0031', '垃圾', '仓场路 421', '0457', '']) expect(matches(made(), text)).toBe(true);
    expect(matches(made(), '垃圾 河道')).toBe(false);
  });

  it('filters by source, class and grid at once', () => {
    const case_ = made({ source: 'department', urgent: true });
    expect(passes(case_, NO_FILTER)).toBe(true);
    expect(passes(case_, { sources: ['department'], classes: ['urgent'], grids: ['14090101'] })).toBe(true);
    expect(passes(case_, { sources: ['12345'], classes: [], grids: [] })).toBe(false);
    expect(passes(made({ community: null }), { sources: [], classes: [], grids: ['14090101'] })).toBe(false);
  });
});

describe('cases that arrive never move what one looks at', () => {
  it('counts the rows that came in above the first one seen', () => {
    expect(anchorShift(['a', 'b', 'c'], ['x', 'a', 'y', 'b', 'c'], 1)).toBe(2);
    expect(anchorShift(['a', 'b', 'c'], ['a', 'b', 'x', 'c'], 1)).toBe(0);
  });

  it('goes by the next row when the first one seen has left', () => {
    expect(anchorShift(['a', 'b', 'c'], ['x', 'a', 'c'], 1)).toBe(0);
    expect(anchorShift(['a', 'b', 'c'], ['a', 'c'], 1)).toBe(-1);
    expect(anchorShift(['a'], [], 0)).toBe(0);
  });
});
