import { describe, expect, it, vi } from 'vitest';
import { Batch } from '../src/pure/batch';
import { percents } from '../src/pure/shares';
import { coordinateWords, readNumber, readPair } from '../src/pure/coordinates';

describe('coordinates as people give them', () => {
  it.each([
    ['121.2655, 31.3885', [121.2655, 31.3885]],
    ['121.2655，31.3885', [121.2655, 31.3885]],
    ['东经121.2655 北纬31.3885', [121.2655, 31.3885]],
    ['１２１.２６, ３１.３８', [121.26, 31.38]],
    ['620070.2\t3473220.9', [620070.2, 3473220.9]],
  ])('%s', (text, pair) => {
    expect(readPair(text)).toEqual(pair);
  });

  it('takes nothing that is not exactly two numbers', () => {
    for (const text of ['', '121.26', '1 2 3', '新成路']) expect(readPair(text)).toBeNull();
    for (const text of ['', '12a', '1e5', '.', '--1', 'NaN']) expect(readNumber(text)).toBeNull();
    expect(readNumber(' 31.38 ')).toBe(31.38);
  });

  it('shows degrees to a decimetre and grid metres to one', () => {
    expect(coordinateWords(121.2655, 31.3885, 'GCJ-02')).toBe('121.265500, 31.388500');
    expect(coordinateWords(620070.23, 3473220.91, 'EPSG:4549')).toBe('620070.2, 3473220.9');
  });
});

describe('a burst of changes', () => {
  it('is handed over once', () => {
    vi.useFakeTimers();
    const handed: number[][] = [];
    const batch = new Batch<number>(100, (items) => handed.push(items));
    batch.add(1);
    vi.advanceTimersByTime(60);
    batch.add(2);
    vi.advanceTimersByTime(40);
    batch.add(3);
    expect(handed).toEqual([[1, 2]]);
    batch.stop();
    vi.advanceTimersByTime(500);
    expect(handed).toEqual([[1, 2]]);
    vi.useRealTimers();
  });
});

describe('shares', () => {
  it('add up to what they are', () => {
    expect(percents([0.555, 0.445])).toEqual([56, 44]);
    expect(percents([1 / 3, 1 / 3, 1 / 3])).toEqual([34, 33, 33]);
    expect(percents([0.996, 0.004])).toEqual([100, 0]);
    expect(percents([])).toEqual([]);
  });
});
