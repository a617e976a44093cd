import { describe, expect, it } from 'vitest';
import { ageWords, limitMoment, moment, shortMoment, span, wallClock } from '../src/pure/time';

const NOW = Date.parse('2026-03-11T09:31:24+08:00');
const MIN = 60_000;
const HOUR = 60 * MIN;

describe('moments are Shanghai time on any machine', () => {
  it('writes the clock of the top bar', () => {
    expect(wallClock(NOW)).toBe('3月11日 周三 09:31:24');
  });

  it('writes today by the hour, yesterday as 昨天, older by the day', () => {
    expect(shortMoment('2026-03-11T00:00:00+08:00', NOW)).toBe('00:00');
    expect(shortMoment('2026-03-10T23:59:59+08:00', NOW)).toBe('昨天');
    expect(shortMoment('2026-03-09T12:00:00+08:00', NOW)).toBe('3月9日');
    expect(shortMoment('2026-03-11T01:00:00Z', NOW)).toBe('09:00');
    expect(moment('2026-03-12T09:09:00+08:00', NOW)).toBe('3月12日 09:09');
  });

  it('gives midnight to the day that ends (A-8)', () => {
    expect(limitMoment('2026-03-13T00:00:00+08:00')).toBe('3月12日 24:00');
    expect(limitMoment('2026-03-12T18:00:00+08:00')).toBe('3月12日 18:00');
    expect(limitMoment('2026-01-01T00:00:00+08:00')).toBe('12月31日 24:00');
  });
});

describe('spans', () => {
  it.each([
    [0, '不到1分'],
    [59_999, '不到1分'],
    [MIN, '1分'],
    [59 * MIN + 59_000, '59分'],
    [HOUR, '1小时'],
    [HOUR + 20 * MIN, '1小时20分'],
    [3 * HOUR + 20 * MIN, '3小时'],
    [38 * HOUR + 40 * MIN, '38小时'],
    [72 * HOUR, '3天'],
  ])('%d ms is %s: never more than there is', (ms, words) => {
    expect(span(ms)).toBe(words);
  });

  it('tells how old a position is', () => {
    expect([5, 720, 7_200].map(ageWords)).toEqual(['刚刚', '12分钟前', '2小时前']);
  });
});
