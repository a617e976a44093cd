import { describe, expect, it } from 'vitest';
import { belongs, countOf, firstOf, layoutOf, recordOf, withRecords, type WallRecord } from '../src/pure/wall';
import { sayEvent } from '../src/words/wall';
import { due, made } from './make';

const at = Date.parse('2026-03-11T09:45:00+08:00');
const line = (key: string): WallRecord => ({ key, at: '', title: '', what: '', tone: 'none' });

describe('the wall', () => {
  it('shows six clocks and five lines at 1920×1080, as large at 1366×768', () => {
    expect(layoutOf(1920, 1080)).toEqual({ unit: 1, wide: false, rows: 5 + 1, lines: 5 });
    const small = layoutOf(1366, 768);
    expect(small).toMatchObject({ wide: false, lines: 5 });
    expect(22 * small.unit).toBeGreaterThan(15);
  });
  it('puts the lists side by side where two screens stand together', () => {
    expect(layoutOf(3840, 1080)).toEqual({ unit: 1, wide: true, rows: 9, lines: 17 });
    expect(layoutOf(3840, 2160)).toMatchObject({ unit: 2, wide: false, rows: 6 });
  });
  it('puts what runs out first at the top and leaves out what no clock runs for', () => {
    const cases = [made({ id: 'a', clock: due('10:30') }), made({ id: 'b', clock: due('09:40') }), made({ id: 'c' })];
    expect(firstOf(cases, at, 6).map((c) => c.id)).toEqual(['b', 'a']);
    expect(firstOf(cases, at, 1)).toHaveLength(1);
    expect(countOf(cases, at)).toEqual({ todo: 3, amber: 0, red: 1 });
  });
  it('keeps open cases of its own desk only', () => {
    expect(belongs(made(), '140901')).toBe(true);
    expect(belongs(made(), '140902')).toBe(false);
    expect(belongs(made(), null)).toBe(true);
    expect(belongs(made({ status: 'closed' }), null)).toBe(false);
  });
  it('says what happened, newest first, and never keeps more than the wall shows', () => {
    const late = recordOf({ id: '9', type: 'ClockBreached' }, made(), '垃圾厢房满溢', sayEvent);
    expect(late).toMatchObject({ what: '超时', tone: 'late', title: '垃圾厢房满溢' });
    expect(recordOf({ id: '8', type: 'CaseReceived' }, made(), 't', sayEvent)?.what).toBe('收到12345转办件');
    expect(recordOf({ id: '8', type: 'EvaluationDrafted' }, made(), 't', sayEvent)).toBeNull();
    const held = withRecords([line('1'), line('2')], [line('3'), line('1')], 2);
    expect(held.map((r) => r.key)).toEqual(['3', '1']);
  });
});
