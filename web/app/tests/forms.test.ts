import { describe, expect, it } from 'vitest';
import type { Case, Work } from '../src/api/types';
import { bodyOf, mistakes, offered, sendWord, startOf } from '../src/flow/choosing';
import { FORMS, POINTS } from '../src/flow/forms';
import type { Context, PointRow } from '../src/flow/kinds';
import { grouped, postLabel } from '../src/pure/posts';
import { CANGCHANG, made } from './make';

const WORK: Work = {
  requested_by: null, requested_by_label: null, forces: [], calls: [], instructions: [], head_reports: [], pushes: [], coordinations: [], duties: [],
  feedbacks: [], verifications: [], escalations: [], supervisions: [], extensions: [], suspensions: [], hand_overs: [], links: [], source_returns: [],
  station_returns: [], evaluation: null, contacts: [], visits: [], urgings: 0, reworks: 0, reopenings: 0,
};
const GRIDS = [
  { code: '14090101', name: '仓场社区网格', sector: '140901' },
  { code: '14090204', name: '沧海社区网格', sector: '140902' },
];
const NOW = Date.parse('2026-03-11T09:31:00+08:00');

function context(over: Partial<Case>, who = 'coordinator-140901'): Context {
  return {
    case_: made({ work: WORK, ...over }), post: who, role: who.split('-')[0] ?? '', desk: '140901', now: NOW, grids: GRIDS, owners: [], chosen: 0,
    forces: [{ post: 'chengguan-140901', staff_id: 's', name: 'x', duty_mode: 'fixed', duty_mode_label: '固点定岗', stand_in: false, on_duty: true, why: '' }],
    label: (id) => postLabel(id, GRIDS),
  };
}
const steps = (...paths: string[]) => paths.map((path) => ({ path, command: FORMS[path]?.command ?? '', button: '' }));

describe('the table of forms', () => {
  it('starts every form without an error and names its button by verb and object', () => {
    for (const path of Object.keys(FORMS)) {
      const c = context({ status: 'accepted', kind: 'joint', grades: ['simple'] });
      const draft = startOf(path, c);
      expect(() => [bodyOf(path, draft, c), mistakes(path, draft, c), FORMS[path]?.offered?.(c)]).not.toThrow();
      expect(sendWord(path, draft, c, undefined), path).not.toMatch(/^(确定|提交|保存)$/);
    }
  });

  it('asks for a reason of every class above the proposed one (A-16)', () => {
    const c = context({});
    const draft = { ...startOf('acceptance', c), kind: 'joint', grades: ['complex'] };
    expect(Object.keys(mistakes('acceptance', draft, c))).toEqual(['reason']);
    expect(bodyOf('acceptance', { ...draft, reason: '涉及三家单位' }, c)).toMatchObject({ kind: 'joint', grades: ['complex'], reason: '涉及三家单位', community: CANGCHANG.code });
    expect(bodyOf('acceptance', startOf('acceptance', c), c)).toMatchObject({ kind: 'community_level', grades: [] });
  });

  it('proposes the station of the own grid and says so on the button', () => {
    const c = context({ status: 'accepted', kind: 'community_level' });
    const draft = startOf('dispatch', c);
    expect(sendWord('dispatch', draft, c, undefined)).toBe('派至仓场工作站');
    expect(bodyOf('dispatch', draft, c)).toEqual({ station: '14090101' });
  });

  it('wants the phone before the push for 复杂 and above (R53)', () => {
    const c = context({ status: 'accepted', kind: 'joint', grades: ['complex'] });
    const draft = { ...startOf('coordination', c), posts: ['chengguan-140901'], place: '仓场路' };
    expect(mistakes('coordination', draft, c).posts).toContain('须先行电话联系');
    const call = { id: '1', post: 'chengguan-140901', post_label: '', outcome: 'reached', outcome_label: '已接通', at: '', claimed_at: null, by: '', by_label: '', number: null, note: '', back_dated: false };
    const after = context({ status: 'accepted', kind: 'joint', grades: ['complex'], work: { ...WORK, calls: [call] } });
    expect(mistakes('coordination', draft, after)).toEqual({});
    expect(bodyOf('coordination', draft, after)).toMatchObject({ appointment_at: '2026-03-11T10:01:00+08:00', offline: false });
  });

  it('needs one 主办, and all five points before closing', () => {
    const c = context({ status: 'responded', kind: 'joint', grades: ['simple'] });
    const row = { post: 'chengguan-140901', role: 'assist', text: '清理', due_at: '2026-03-11T12:00' };
    expect(mistakes('coordination-result', { duties: [row] }, c).duties).toContain('一案一个主办');
    expect(mistakes('coordination-result', { duties: [{ ...row, role: 'lead' }] }, c)).toEqual({});
    const draft = startOf('closing', c);
    expect(mistakes('closing', draft, c).points).toContain('五项都要审核');
    const passed = { ...draft, points: POINTS.map((p): PointRow => ({ code: p.value, passed: 'yes', note: '' })) };
    expect(mistakes('closing', passed, c)).toEqual({});
    expect(bodyOf('closing', passed, c)).toMatchObject({ outcome: 'solved', points: POINTS.map((p) => ({ code: p.value, passed: true, note: '' })) });
  });
});

describe('what is offered', () => {
  it('only what the server permits and what makes sense now', () => {
    const c = context({ status: 'accepted', kind: 'community_level', steps: steps('dispatch', 'coordination', 'instruction', 'phone-call', 'supervision-lifting') });
    expect(offered(c, 0)).toEqual({ primary: 'dispatch', beside: ['phone-call'], more: [] });
  });

  it('no refusal in the own area, no acceptance of what lies elsewhere', () => {
    const both = steps('acceptance', 'rejection', 'location');
    expect(offered(context({ steps: both }), 0)).toMatchObject({ primary: 'acceptance', beside: ['location'] });
    expect(offered(context({ steps: both, proposal: 'rejection', sector: null, community: null }), 0).primary).toBe('rejection');
  });
});

describe('posts', () => {
  it('in words, stations by their grid', () => {
    expect(postLabel('station-14090101', GRIDS)).toBe('仓场工作站');
    expect(postLabel('responder-140901-2')).toBe('迎园片区动态参勤人员2');
    expect(postLabel('department-water')).toBe('水务');
    expect(postLabel('platform-110')).toBe('110（非警情类）');
  });

  it('grouped for the log-in of the demonstration', () => {
    const posts = ['admin', 'head-140902', 'station-14090101', 'platform-grid', 'department-fire', 'coordinator-140901'].map((id) => ({ id, label: id }));
    expect(grouped(posts).map((g) => [g.name, g.posts.map((p) => p.id)])).toEqual([
      ['街道', ['admin']], ['迎园片区', ['coordinator-140901']], ['新成片区', ['head-140902']], ['工作站', ['station-14090101']],
      ['职能部门', ['department-fire']], ['来源平台', ['platform-grid']],
    ]);
  });
});
