import { describe, expect, it } from 'vitest';
import type { CaseEvent } from '../src/api/types';
import { pairOf, photosOf } from '../src/pure/photos';
import { byDay, folded, toneOf } from '../src/pure/timeline';

const event = (version: number, at: string, type = 'Urged'): CaseEvent => ({ version, at, type }) as unknown as CaseEvent;
const NOW = Date.parse('2026-03-11T00:30:00+08:00');

describe('the timeline', () => {
  const days = byDay([event(1, '2026-03-10T09:00:00+08:00'), event(2, '2026-03-10T23:59:00+08:00'), event(3, '2026-03-11T00:10:00+08:00')], NOW);

  it('stands by the days of Shanghai, newest first', () => {
    expect(days.map((d) => [d.ago, d.events.map((e) => e.version)])).toEqual([[0, [3]], [1, [2, 1]]]);
  });
  it('folds what is old and says how much', () => {
    const { days: kept, left } = folded(days, 2);
    expect(kept.map((d) => d.events.length)).toEqual([1, 1]);
    expect(left).toBe(1);
  });
  it('colours only what a clock did', () => {
    expect(['ClockBreached', 'ClockWarned', 'CaseClosed'].map((type) => toneOf({ type }))).toEqual(['late', 'warn', '']);
  });
});

describe('the photos of a case', () => {
  const file = (sha256: string, kind: string) => ({ sha256, kind, name: sha256 });
  const work = {
    feedbacks: [{ at: '2026-03-11T10:00:00+08:00', by: 'station-1', attachments: [file('b', 'before'), file('a', 'after')] }],
    verifications: [{ post: 'inspector-1', asked_at: '2026-03-11T11:00:00+08:00', reported_at: null, attachments: [file('c', 'check'), file('a', 'after')] }],
  } as unknown as Parameters<typeof photosOf>[0];

  it('come by time, each once, with who brought it', () => {
    expect(photosOf(work).map((p) => [p.sha256, p.by])).toEqual([['b', 'station-1'], ['a', 'station-1'], ['c', 'inspector-1']]);
    expect(photosOf(null)).toEqual([]);
  });
  it('pair what was before with the newest after, or the one in hand', () => {
    const photos = photosOf(work);
    expect([pairOf(photos, 0), pairOf(photos, 1)].map((p) => p && [p.before.sha256, p.after.sha256])).toEqual([['b', 'c'], ['b', 'a']]);
    expect(pairOf(photos.slice(1), 0)).toBeNull();
  });
});
