import { describe, expect, it } from 'vitest';
import type { Clock } from '../src/api/types';
import { internalTick, NO_CLOCK, readClock } from '../src/pure/clocks';

const at = (hhmm: string, day = 11): string => `2026-03-${day}T${hhmm}:00+08:00`;
const ms = (hhmm: string, day = 11): number => Date.parse(at(hhmm, day));

const alarm: Clock = {
  code: 'acceptance_alarm',
  label: '受理提醒（内控）',
  policy: true,
  started_at: at('09:00'),
  warn_at: at('09:21'),
  internal_due_at: null,
  due_at: at('09:30'),
  stopped_at: null,
  state: 'running',
  used: 0,
};
const refusal: Clock = {
  ...alarm,
  code: 'refusal_feedback',
  started_at: at('09:09'),
  warn_at: at('09:09', 12),
  internal_due_at: at('09:09', 12),
  due_at: at('00:00', 13),
};

describe('a clock runs on the screen by itself', () => {
  it.each([
    ['09:00', 'ok', '剩余 30分'],
    ['09:20', 'ok', '剩余 10分'],
    ['09:21', 'warn', '剩余 9分'],
    ['09:30', 'late', '超时 不到1分'],
    ['09:42', 'late', '超时 12分'],
  ])('at %s it is %s: %s', (time, tone, words) => {
    expect(readClock(alarm, ms(time))).toMatchObject({ tone, words });
  });

  it('stays within its bar', () => {
    expect(readClock(alarm, ms('08:00')).used).toBe(0);
    expect(readClock(alarm, ms('09:15')).used).toBeCloseTo(0.5);
    expect(readClock(alarm, ms('12:00')).used).toBe(1);
  });

  it('the internal 24 hours turn it amber, only 24:00 of the next day turns it red (A-8)', () => {
    expect(readClock(refusal, ms('09:08', 12)).tone).toBe('ok');
    expect(readClock(refusal, ms('09:09', 12)).tone).toBe('warn');
    expect(readClock(refusal, ms('23:59', 12)).tone).toBe('warn');
    expect(readClock(refusal, ms('00:00', 13)).tone).toBe('late');
    expect(internalTick(refusal)).toBeCloseTo(24 / (38 + 51 / 60), 6);
    expect(internalTick(alarm)).toBeNull();
  });

  it('a stopped clock is grey and says whether it was in time', () => {
    expect(readClock({ ...alarm, stopped_at: at('09:12') }, ms('12:00'))).toMatchObject({ tone: 'none', words: '按时完成', used: 0.4 });
    expect(readClock({ ...alarm, stopped_at: at('09:31') }, ms('12:00'))).toMatchObject({ tone: 'none', words: '超时完成' });
  });

  it('no clock is last in the queue', () => {
    expect(readClock(null, 0)).toEqual(NO_CLOCK);
  });
});
