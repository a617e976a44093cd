import { describe, expect, it } from 'vitest';
import type { Candidate, Refusal } from '../src/api/types';
import { deliveryWords, inRefusalTab, refusalSteps } from '../src/pure/refusals';
import { stepsOf } from '../src/pure/steps';
import { assignment, CANGCHANG, CANGHAI, EAST, made, WEST } from './make';

const candidate = (over: Partial<Candidate>): Candidate => ({ sector: WEST, community: CANGCHANG, share: 0.6, outside: false, belongs_to: null, ...over });

describe('next permitted steps only', () => {
  it('accepts a case of the own 片区 and does not offer refusal', () => {
    const steps = stepsOf(made(), '140901', 0);
    expect(steps).toMatchObject({ primary: 'accept', accept: { community: CANGCHANG }, reject: null, location: true });
  });

  it('a case of the sibling 片区 is refused to it', () => {
    const steps = stepsOf(made({ sector: EAST, community: CANGHAI, belongs_to: EAST, proposal: 'rejection' }), '140901', 0);
    expect(steps).toMatchObject({ primary: 'reject', accept: null, reject: { belongsTo: EAST, sibling: true } });
  });

  it('a case outside the street waits for refusal when the rule is off', () => {
    const steps = stepsOf(made({ sector: null, community: null, reason_code: 'OUTSIDE_STREET', belongs_to: { code: null, name: '马陆镇' } }), '140901', 0);
    expect(steps).toMatchObject({ primary: 'reject', reject: { belongsTo: { name: '马陆镇' }, sibling: false } });
  });

  it('the chosen candidate decides the button', () => {
    const case_ = made({
      status: 'boundary_review',
      sector: null,
      community: null,
      assignment: assignment({
        status: 'boundary_review',
        candidates: [candidate({}), candidate({ sector: EAST, community: CANGHAI }), candidate({ outside: true, sector: null, community: null, belongs_to: { code: null, name: '马陆镇' } })],
      }),
    });
    expect(stepsOf(case_, '140901', 0)).toMatchObject({ primary: 'accept', accept: { community: CANGCHANG } });
    expect(stepsOf(case_, '140901', 1)).toMatchObject({ primary: 'reject', reject: { belongsTo: EAST, sibling: true } });
    expect(stepsOf(case_, '140901', 2)).toMatchObject({ primary: 'reject', reject: { belongsTo: { name: '马陆镇' }, sibling: false } });
  });

  it('a case without a place is never refused', () => {
    const steps = stepsOf(made({ status: 'no_location', point: null, sector: null, community: null }), '140901', 0);
    expect(steps).toMatchObject({ primary: 'location', reject: null, accept: null });
  });

  it('a refusal can be taken back until the street centre has signed', () => {
    const open = { desk: '140901', acknowledged_at: null, settled_at: null };
    const with_ = (over: object, acting = '140901'): boolean =>
      stepsOf(made({ status: 'rejected_out_of_area', refusals: [{ ...open, ...over } as Refusal] }), acting, 0).withdrawRejection;
    expect(with_({})).toBe(true);
    expect(with_({ acknowledged_at: '2026-03-11T09:00:00+08:00' })).toBe(false);
    expect(with_({ settled_at: '2026-03-11T09:00:00+08:00' })).toBe(false);
    expect(with_({}, '140902')).toBe(false);
  });

  it('after 指定受理 there is no second refusal (A-20)', () => {
    const ruled = made({ sector: null, community: null, reason_code: 'OUTSIDE_STREET', proposal: 'rejection', reinstated: true });
    expect(stepsOf(ruled, '140901', 0)).toMatchObject({ primary: 'accept', reject: null });
  });

  it('the other desk may look, not act; an accepted case waits for 派单', () => {
    expect(stepsOf(made(), '140902', 0)).toMatchObject({ primary: null, accept: null, location: false, otherDesk: true });
    expect(stepsOf(made({ status: 'accepted' }), '140901', 0)).toMatchObject({ primary: null, location: false, otherDesk: false });
  });
});

describe('the street centre', () => {
  const refusal = (over: Partial<Refusal>): Refusal => ({ state: 'feedback_delivered', reason_code: 'OUTSIDE_STREET', belongs_to: null, desk: '140901', acknowledged_at: null, settled_at: null, ...over }) as Refusal;

  it('gives what lies in the sibling 片区 to it, passes on what lies outside', () => {
    expect(refusalSteps(refusal({ reason_code: 'SIBLING_PIANQU' }))).toMatchObject({ redispatch: '140902', forward: false });
    expect(refusalSteps(refusal({}))).toMatchObject({ redispatch: null, forward: true, acknowledge: true });
  });

  it('has nothing left to do once it has decided', () => {
    const settled_at = '2026-03-11T09:00:00+08:00';
    expect(refusalSteps(refusal({ state: 'reinstated', settled_at }))).toEqual({ acknowledge: false, reinstate: [], redispatch: null, forward: false });
  });

  it('may revoke what a standing rule passed on, and must name the 片区 where no desk refused', () => {
    const passedOn = refusal({ state: 'redispatched', reason_code: 'SIBLING_PIANQU', settled_at: '2026-03-11T09:00:00+08:00' });
    expect(refusalSteps(passedOn)).toEqual({ acknowledge: true, reinstate: ['140901'], redispatch: null, forward: false });
    expect(refusalSteps(refusal({ desk: null })).reinstate).toEqual(['140901', '140902']);
  });

  it('reads the delivery', () => {
    const told = (status: string, attempts: number): string =>
      deliveryWords({ acknowledged_at: null, delivery: { status: status as 'pending', attempts, last_error: null, next_at: null, delivered_at: null } }).words;
    expect(told('pending', 0)).toBe('待发送');
    expect(told('pending', 3)).toBe('未送达（重试中）');
    expect(told('dead', 9)).toBe('未送达（需人工）');
    expect(told('delivered', 1)).toBe('已送达');
  });

  it('counts 已上报区 with what was passed on', () => {
    expect(inRefusalTab('forwarded', 'redispatched')).toBe(true);
    expect(inRefusalTab('withdrawn', 'all')).toBe(true);
    expect(inRefusalTab('withdrawn', 'redispatched')).toBe(false);
  });
});
