import { describe, expect, it, vi } from 'vitest';
import type { Case, CaseStatus, Refusal } from '../src/api/types';
import { anchorShift, countOf, filterOf, inOrder, inTab, isTimed, matches, NO_FILTER, onDesk, passes, TABS, type Filter } from '../src/pure/queue';
import { due, made } from './make';

const NOW = Date.parse('2026-03-11T09:31:00+08:00');

describe('order and tabs', () => {
  it('puts the limit that comes first in front, cases without a clock last', () => {
    const rows = [made({ id: 'none' }), made({ id: 'b', clock: due('10:00') }), made({ id: 'late', clock: due('09:10') })];
    expect(inOrder(rows, 'limit').map((c) => c.id)).toEqual(['late', 'b', 'none']);
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
    expect(passes(case_, NO_FILTER, NOW)).toBe(true);
    expect(passes(case_, filterOf({ sources: ['department'], classes: ['urgent'], grids: ['14090101'] }), NOW)).toBe(true);
    expect(passes(case_, filterOf({ sources: ['12345'] }), NOW)).toBe(false);
    expect(passes(made({ community: null }), filterOf({ grids: ['14090101'] }), NOW)).toBe(false);
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

describe('filters by time', () => {
  const at = (received_at: string, clock: Case['clock'] = null): Case => made({ received_at: `2026-03-${received_at}:00+08:00`, clock });
  const rows = [at('11T09:10', due('09:20')), at('11T00:05', due('09:50')), at('10T23:50', due('12:00')), at('05T09:00', due('23:59')), at('03T09:00')];
  const left = (filter: Partial<Filter>): number[] => rows.flatMap((c, i) => (passes(c, filterOf(filter), NOW) ? [i] : []));

  it('by when they came in; a day is Shanghai\'s, a range has both its ends', () => {
    expect(left({ received: '1h' })).toEqual([0]);
    expect(left({ received: 'today' })).toEqual([0, 1]);
    expect(left({ received: '24h' })).toEqual([0, 1, 2]);
    expect(left({ received: '7d' })).toEqual([0, 1, 2, 3]);
    expect(left({ received: 'range', from: '2026-03-10T23:50', to: '2026-03-11T00:05' })).toEqual([1, 2]);
    expect(left({ received: 'range', to: '2026-03-05T09:00' })).toEqual([3, 4]);
  });

  it('by when their first limit ends', () => {
    expect(left({ due: 'late' })).toEqual([0]);
    expect(left({ due: '30m' })).toEqual([1]);
    expect(left({ due: '4h' })).toEqual([1, 2]);
    expect(left({ due: 'today' })).toEqual([1, 2, 3]);
  });

  it('knows which of them change by themselves, and reads what an older page kept', () => {
    expect([{ received: 'range' as const }, { received: '1h' as const }, { due: 'late' as const }].map((f) => isTimed(filterOf(f)))).toEqual([false, true, true]);
    expect(countOf(filterOf({ sources: ['110'], due: 'late', received: 'range' }))).toBe(3);
    expect(filterOf({ sources: ['110'] }).grids).toEqual([]);
  });
});

describe('order', () => {
  it('newest first, or grid by grid with what has none in front', () => {
    const rows = [
      made({ id: 'a', received_at: '2026-03-11T08:00:00+08:00', clock: due('10:00') }),
      made({ id: 'b', received_at: '2026-03-11T09:00:00+08:00', clock: due('11:00') }),
      made({ id: 'c', community: null }),
      made({ id: 'd', community: { code: '14090100', name: '' }, received_at: '2026-03-11T07:00:00+08:00' }),
    ];
    expect(inOrder(rows, 'newest').map((c) => c.id).slice(-2)).toEqual(['a', 'd']);
    expect(inOrder(rows, 'grid').map((c) => c.id)).toEqual(['c', 'd', 'a', 'b']);
  });

  it('reads the times of 10,000 cases once: a tick of the clock and a new order read none', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => made({ id: `c${i}`, number: `0311-${i}`, clock: due(`1${i % 10}:${10 + (i % 50)}`) }));
    const parse = vi.spyOn(Date, 'parse');
    inOrder(rows, 'limit');
    expect(parse.mock.calls.length).toBeLessThan(50_000);
    parse.mockClear();
    inOrder(rows, 'grid');
    for (const row of rows) for (const tab of TABS) inTab(row, tab, NOW, '140901');
    for (const row of rows) passes(row, filterOf({ received: 'today', due: '4h' }), NOW);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});
