import { describe, expect, it } from 'vitest';
import type { Case, Step } from '../src/api/types';
import { between, judge, reasons, runAll, sortOut } from '../src/pure/bulk';
import { CANGCHANG, EAST, made } from './make';

const steps: Step[] = [
  { command: 'Accept', path: 'acceptance', button: '受理' },
  { command: 'Dispatch', path: 'dispatch', button: '派单' },
];
const case_ = (over: Partial<Case> = {}): Case => made({ steps, ...over });
const why = (step: 'acceptance' | 'dispatch', over: Partial<Case>): string => {
  const found = judge(case_(over), step, '140901');
  return 'why' in found ? found.why : 'taken';
};

describe('what is taken in bulk', () => {
  it('accepts into the proposed grid and dispatches to the station of the own, at the version looked at', () => {
    expect(judge(case_({ version: 7 }), 'acceptance', '140901')).toMatchObject({ body: { version: 7, community: CANGCHANG.code } });
    expect(judge(case_({ status: 'accepted', kind: 'community_level' }), 'dispatch', '140901')).toMatchObject({
      body: { version: 2, station: CANGCHANG.code },
    });
  });

  it('never takes what a person has to look at', () => {
    expect(why('acceptance', { status: 'boundary_review' })).toBe('boundary');
    expect(why('acceptance', { status: 'no_location' })).toBe('place');
    expect(why('acceptance', { proposal: 'rejection' })).toBe('foreign');
    expect(why('acceptance', { sector: EAST })).toBe('foreign');
    expect(why('acceptance', { desk: '140902' })).toBe('otherDesk');
    expect(why('acceptance', { community: null })).toBe('grid');
    expect(why('acceptance', { steps: [] })).toBe('post');
    expect(why('acceptance', { status: 'accepted' })).toBe('status');
    expect(why('dispatch', { status: 'accepted', kind: 'joint' })).toBe('joint');
    expect(why('dispatch', { status: 'station_returned' })).toBe('returned');
    expect(why('dispatch', { status: 'received' })).toBe('status');
  });

  it('says how many are left out for what', () => {
    const found = sortOut([case_(), case_({ status: 'no_location' }), case_({ status: 'boundary_review' }), case_({ status: 'no_location' })], 'acceptance', '140901');
    expect(found.take).toHaveLength(1);
    expect(reasons(found.leave)).toEqual([['place', 2], ['boundary', 1]]);
  });
});

describe('running', () => {
  it('does all, four at a time, and no other when stopped', async () => {
    let [running, most, stopped] = [0, 0, false];
    const done: number[] = [];
    const act = async (n: number): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      done.push(n);
      if (done.length >= 8) stopped = true;
    };
    const begun = await runAll(Array.from({ length: 30 }, (_, i) => i), act, { stopped: () => stopped });
    expect(most).toBe(4);
    expect(done.length).toBe(begun);
    expect(begun).toBeLessThan(13);
  });
});

it('ticks from one row to another in either direction', () => {
  expect(between(['a', 'b', 'c', 'd'], 'c', 'a')).toEqual(['a', 'b', 'c']);
  expect(between(['a', 'b'], 'x', 'b')).toEqual(['b']);
});
