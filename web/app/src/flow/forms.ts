/**
 * THE table of forms: the path of a step → its fields, words, proposals and checks. Every path of the server's table
 * (`cases.steps`) has its form here; a test holds the two against each other.
 */
import { stationName } from '../pure/posts';
import {
  calledPosts,
  dayInput,
  openDuties,
  ownDuty,
  tierOf,
  toInput,
  type Context,
  type Draft,
  type DutyRow,
  type Field,
  type Form,
  type Option,
  type PointRow,
} from './kinds';
import { candidateOf } from '../pure/places';
import { stepsOf } from '../pure/steps';
import type { Proposals } from '../api/case';
import type { Owner } from '../api/types';
import { composeReport } from './report';

const HOUR = 3_600_000;
const opt = (value: string, label: string, hint?: string): Option => ({ value, label, ...(hint ? { hint } : {}) });

export const GRADES: Option[] = [
  opt('simple', '简易联动', '政务微信推送即可，20分钟'),
  opt('complex', '复杂联动', '按专职副网格长指示，先电话后推送，20分钟'),
  opt('difficult', '疑难联动（历史遗留问题）', '先指示、先电话，20分钟'),
  opt('repeat', '重复联动', '同一问题结案后再次发生或反复反映'),
  opt('supervised', '督办联动', '上级或本级已发督办单'),
  opt('urgent', '紧急联动', '10分钟内报片区网格长，并电话、推送线下协调'),
  opt('major', '重大联动', '同紧急'),
];
const KINDS = [opt('community_level', '社区层面', '派至一个工作站办理，1小时内派单'), opt('joint', '联动', '多方力量，发起协调')];
const SPANS = [opt('cross_level', '跨层级'), opt('cross_grid', '跨网格'), opt('cross_field', '跨领域')];
const CHANNELS = [opt('phone', '电话'), opt('face', '当面'), opt('wecom', '政务微信'), opt('screen', '本系统')];
const CALLS = [opt('reached', '已接通'), opt('unreached', '未接通'), opt('call_back', '稍后回电')];
const OUTCOMES = [opt('solved', '实际解决'), opt('explained', '解释说明')];
const YES_NO = [opt('yes', '批准'), opt('no', '不批准')];
export const POINTS = [
  opt('description', '案件信息描述齐全'),
  opt('law', '法规政策适用准确'),
  opt('opinion', '处置意见概括准确'),
  opt('photos', '核查照片对比明确'),
  opt('language', '语句通顺合理'),
];
export const FILE_KINDS = [
  opt('before', '处置前照片'),
  opt('after', '处置后照片'),
  opt('check', '核查照片'),
  opt('enforcement', '执法文书'),
  opt('plan', '处置方案'),
  opt('other', '其他'),
];

const because = (placeholder = '写明为什么'): Field => ({
  name: 'reason', label: '理由', kind: 'text', required: true, most: 500, rows: 2, placeholder,
});
const say = (name: string, label: string, placeholder = '', required = true): Field => ({
  name, label, kind: 'text', required, most: 4000, rows: 3, placeholder,
});
const when = (name: string, label: string, required = false): Field => ({ name, label, kind: 'moment', required });
const decision = (): Field => ({ name: 'approve', label: '审批', kind: 'choice', required: true, options: () => YES_NO });
const approved = (body: Draft): Draft => ({ ...body, approve: body.approve === 'yes' });
/** Which of the places the words may mean was taken; nothing once the person has pointed elsewhere. */
const candidateBody = (body: Draft, draft: Draft): Draft => {
  const candidate = candidateOf(draft);
  return candidate ? { ...body, candidate } : body;
};
const joint = (d: Draft): boolean => d.kind === 'joint';
const own = (c: Context): Option[] =>
  c.grids.filter((g) => c.case_.desk === null || g.sector === c.case_.desk).map((g) => opt(g.code, g.name.replace(/网格$/, '')));
const others = (c: Context): Option[] =>
  c.grids.filter((g) => g.code !== c.case_.community?.code).map((g) => opt(g.code, g.name.replace(/网格$/, '')));
const duties = (c: Context): Option[] => openDuties(c.case_).map((d) => opt(d.id, `${c.label(d.post)}（${d.role_label}）`));
const dutyPosts = (c: Context): Option[] =>
  (c.case_.work?.duties ?? []).filter((d) => d.dropped_at === null).map((d) => opt(d.post, `${c.label(d.post)}（${d.role_label}）`));

/** What the decision itself names stands first; it may be no neighbour of ours. */
function ownersOf(c: Context): Owner[] {
  const told = stepsOf(c.case_, c.desk, c.chosen).reject?.belongsTo;
  return told && !c.owners.some((o) => o.name === told.name) ? [told, ...c.owners] : c.owners.map((o) => (o.name === told?.name ? told : o));
}

/** What the door proposes (A-15): a department's or a station's request is 联动. */
export function defaultKind(c: Context): 'joint' | 'community_level' {
  const asked = c.case_.source === 'department' || c.case_.source === 'station' || Boolean(c.case_.work?.requested_by);
  return asked ? 'joint' : 'community_level';
}
/** What the source's flags propose; a person confirms (A-16). */
export function defaultGrades(c: Context): string[] {
  const told = [c.case_.supervised ? 'supervised' : '', c.case_.urgent ? 'urgent' : ''].filter(Boolean);
  return told.length ? told : ['simple'];
}
function needsReason(draft: Draft, c: Context): boolean {
  if (draft.kind !== defaultKind(c)) return true;
  const proposed = defaultGrades(c);
  return joint(draft) && (draft.grades as string[]).some((g) => g !== 'simple' && !proposed.includes(g));
}

const MOST_PROPOSED = 3;
/** The parties by duty, distance, load and freshness of position, then the departments by name (R52–R54). */
function proposed(told: Proposals): Option[] {
  const there = told.people.filter((p) => p.on_duty).slice(0, MOST_PROPOSED);
  return [
    ...told.people.map((p) => ({ ...opt(p.post, p.label, p.why.join(' · ')), proposed: there.includes(p) })),
    ...told.departments.map((d) => opt(d.post, d.label, `职能部门 · ${d.open_cases ? `手上 ${d.open_cases} 件` : '手上没有案件'}`)),
  ];
}
/** What speaks for the station that is chosen. */
export function stationReason(c: Context, station: unknown): string {
  return c.proposals?.stations.find((s) => s.code === station)?.why.join(' · ') ?? '';
}

/** Who may be called: the duty list, then who has called in or has a part already. */
export function partners(c: Context): Option[] {
  const told = c.proposals;
  const listed = told?.people.length ? proposed(told) : c.forces
    .filter((f) => !/^(coordinator|head)-/.test(f.post))
    .map((f) => opt(f.post, c.label(f.post), `${f.duty_mode_label} · ${f.on_duty ? '在岗' : f.why}`));
  const known = new Set(listed.map((o) => o.value));
  const work = c.case_.work;
  const more = [work?.requested_by, ...(work?.duties ?? []).map((d) => d.post), ...(work?.coordinations ?? []).flatMap((r) => r.posts)]
    .filter((p): p is string => Boolean(p) && !p!.startsWith('coordinator-'))
    .filter((p) => !known.has(p));
  const seen = new Map<string, Option>();
  for (const o of [...listed, ...[...new Set(more)].map((p) => opt(p, c.label(p)))]) if (!seen.has(o.value)) seen.set(o.value, o);
  return [...seen.values()];
}
const somebody = (name: string, label: string): Field => ({ name, label, kind: 'post', required: true, options: partners });

const points = (c: Context): PointRow[] => {
  const held = c.case_.work?.evaluation?.points ?? [];
  return POINTS.map((p) => {
    const before = held.find((h) => h.code === p.value);
    return { code: p.value, passed: before ? (before.passed ? 'yes' : 'no') : '', note: before?.note ?? '' };
  });
};
const report = (c: Context): string => c.case_.work?.evaluation?.report || composeReport(c);
const pointBody = (body: Draft): Draft => ({
  ...body,
  points: (body.points as PointRow[]).filter((p) => p.passed).map((p) => ({ code: p.code, passed: p.passed === 'yes', note: p.note.trim() })),
});
const evaluation: Field[] = [
  { name: 'points', label: '结案审核五项', kind: 'points' },
  { name: 'report', label: '综合性评价报告（由经过写成，可改）', kind: 'text', required: true, most: 20_000, rows: 9 },
];
const settled = (c: Context): boolean => c.case_.status.startsWith('escalated_');
const supervised = (c: Context): boolean => (c.case_.work?.supervisions ?? []).some((s) => s.lifted_at === null);
const orders = (c: Context): Option[] =>
  (c.case_.work?.supervisions ?? []).filter((s) => s.lifted_at === null).map((s) => opt(s.id, `${s.issuer_label ?? ''}：${s.reason.slice(0, 30)}`));

export const FORMS: Record<string, Form> = {
  acceptance: {
    command: 'Accept',
    open: () => '按类别受理',
    button: (_c, d) => (joint(d) ? '受理，按联动办理' : '受理，按社区层面办理'),
    start: (c) => ({ kind: defaultKind(c), grades: defaultGrades(c), spans: [], involved: [], reason: '' }),
    fields: [
      { name: 'kind', label: '案件大类', kind: 'choice', required: true, options: () => KINDS },
      { name: 'grades', label: '联动类别（可多选，最严的定时限）', kind: 'checks', required: true, show: joint, options: () => GRADES },
      { name: 'spans', label: '跨界（可多选）', kind: 'checks', options: () => SPANS },
      { name: 'involved', label: '涉及的其他网格', kind: 'checks', show: (d) => (d.spans as string[]).includes('cross_grid'), options: others },
      { name: 'reason', label: '定类理由', kind: 'text', most: 500, rows: 2, required: needsReason, show: needsReason, placeholder: '写明为什么这样定类' },
    ],
    body: (b, _d, c) => {
      const grid = stepsOf(c.case_, c.desk, c.chosen).accept?.community;
      return { ...b, ...(b.kind === 'joint' ? {} : { grades: [] }), ...(grid ? { community: grid.code } : {}) };
    },
  },
  rejection: {
    command: 'Reject',
    fields: [
      because('写明位置在哪里、为什么不属本片区'),
      {
        name: 'belongs_to', label: '建议归属（供街道城运中心改派参考，不是派单）', kind: 'choice',
        options: (c) => [opt('', '不清楚'), ...ownersOf(c).map((o) => opt(o.name, o.name))],
      },
    ],
    start: (c) => ({ reason: '', belongs_to: stepsOf(c.case_, c.desk, c.chosen).reject?.belongsTo?.name ?? '' }),
    button: () => '不予受理，反馈街道城运中心',
    open: () => '不予受理（非本片区）',
    body: (b, _d, c) => {
      const owner = ownersOf(c).find((o) => o.name === b.belongs_to);
      return owner ? { ...b, belongs_to: owner } : { reason: b.reason };
    },
  },
  location: { command: 'CorrectLocation', button: (c) => `${c.case_.status === 'no_location' ? '选定' : '更正'}位置，网格随之重算`, open: (c) => (c.case_.status === 'no_location' ? '选定位置' : '更正位置'), fields: [{ name: 'place', label: '位置', kind: 'place', required: true }, because('依据（如来电核实、现场照片）')], body: candidateBody },
  'rejection-withdrawal': { command: 'WithdrawRejection', button: () => '撤回不予受理', fields: [because('写明为什么撤回')] },
  reinstatement: {
    command: 'Reinstate',
    button: () => '指定受理',
    fields: [
      because('写明理由；指定后本片区不得再次不予受理'),
      { name: 'to_sector', label: '由哪个片区受理', kind: 'choice', options: () => [opt('140901', '迎园片区'), opt('140902', '新成片区')] },
    ],
  },
  'return-to-source': {
    command: 'ReturnToSource',
    button: () => '退回街道城运中心',
    open: () => '退回街道（补正 / 改派）',
    note: () => '位置不属本片区的，请用“不予受理”。',
    fields: [
      {
        name: 'kind', label: '退回原因', kind: 'choice', required: true,
        options: () => [opt('supplement', '信息不全需补正'), opt('reassign', '非本级职责'), opt('police', '属警情转回110'), opt('duplicate', '与在办案件同一事件')],
      },
      { name: 'call_outcome', label: '先电话转回110，通话结果', kind: 'choice', required: true, show: (d) => d.kind === 'police', options: () => CALLS },
      because('写明缺什么，或应由谁办理'),
    ],
  },
  'send-back': { command: 'SendBack', button: () => '退还分中心办理', fields: [because('写明补正的内容，或为什么仍由分中心办理')] },
  dispatch: {
    command: 'Dispatch',
    quick: true,
    offered: (c) => c.case_.kind !== 'joint',
    open: () => '另派工作站、写要求',
    button: (c, d) => {
      const grid = c.grids.find((g) => g.code === d.station);
      return grid ? `派至${stationName(grid.name)}` : '派至工作站';
    },
    start: (c) => ({ station: c.case_.community?.code ?? '', text: '', due_at: '' }),
    fields: [
      { name: 'station', label: '工作站', kind: 'choice', required: true, options: own, hint: (c, d) => stationReason(c, d.station) },
      { ...say('text', '办理要求', '可写重点、注意事项', false), rows: 2 },
      when('due_at', '要求办结（可不填）'),
    ],
  },
  signing: { command: 'Sign', quick: true, button: () => '签收案件', offered: (c) => ownDuty(c)?.signed_at === null, fields: [] },
  'station-return': {
    command: 'ReturnStation',
    button: () => '退单，交分中心审核',
    open: () => '退单',
    fields: [
      {
        name: 'reason_code', label: '退单原因', kind: 'choice', required: true,
        options: () => [opt('not_our_grid', '非本网格'), opt('needs_joint', '需多方联动（改提请联动）'), opt('information', '信息不全'), opt('other', '其他')],
      },
      because('写明应归哪里、需要什么'),
    ],
  },
  'station-return-decision': {
    command: 'DecideStationReturn',
    button: (_c, d) => (d.approve === 'no' ? '不批准退单，仍由该站办理' : '批准退单，案件重新派单'),
    open: () => '审核退单',
    start: () => ({ approve: 'yes', reason: '' }),
    fields: [decision(), because()],
    note: (c) => {
      const last = c.case_.work?.station_returns.at(-1);
      return last ? `退单：${last.reason_code_label}。${last.text}` : '';
    },
    body: approved,
  },
  'joint-request': {
    command: 'RequestJoint',
    button: () => '提请分中心联动',
    open: () => '提请联动',
    fields: [because('事由：为什么一个工作站办不了'), { name: 'forces', label: '所需力量（一行一个）', kind: 'text', rows: 2, placeholder: '如 城管中队' }],
    body: (b) => ({ ...b, forces: lines(b.forces) }),
  },
  instruction: {
    command: 'Instruct',
    button: () => '作出指示，转协调指挥员',
    open: () => '作出指示',
    offered: (c) => tierOf(c.case_) >= 2,
    start: () => ({ text: '', channel: 'screen' }),
    fields: [say('text', '指示内容', '如：请城管中队、仓场工作站到场，先疏散围观人员'), { name: 'channel', label: '方式', kind: 'choice', required: true, options: () => CHANNELS }],
  },
  'phone-call': {
    command: 'LogCall',
    button: (c, d) => (d.post ? `记录与${c.label(String(d.post))}的通话` : '记录通话'),
    open: () => '记录通话',
    start: () => ({ post: '', outcome: 'reached', note: '', number: '', claimed_at: '' }),
    fields: [
      somebody('post', '打给谁'),
      { name: 'outcome', label: '通话结果', kind: 'choice', required: true, options: () => CALLS },
      { ...say('note', '说了什么', '', false), rows: 2 },
      { name: 'number', label: '号码（只留掩码）', kind: 'line', most: 40 },
      { ...when('claimed_at', '实际通话时间（不填为现在）'), hint: '与现在相差较多的，记为补录' },
    ],
  },
  'head-report': {
    command: 'ReportToHead',
    button: (_c, d) => (d.kind === 'result' ? '报处置结果给片区网格长' : '报片区网格长'),
    open: () => '报片区网格长',
    offered: (c) => tierOf(c.case_) === 3,
    start: (c) => ({ kind: c.role === 'deputy' && (c.case_.work?.feedbacks.length ?? 0) > 0 ? 'result' : 'start', text: '', channel: 'phone' }),
    fields: [
      { name: 'kind', label: '报告什么', kind: 'choice', required: true, options: (c) => (c.role === 'deputy' ? [opt('start', '案情'), opt('result', '处置结果')] : [opt('start', '案情')]) },
      say('text', '报告内容'),
      { name: 'channel', label: '方式', kind: 'choice', required: true, options: () => CHANNELS },
    ],
  },
  coordination: {
    command: 'Coordinate',
    button: (_c, d) => `发起协调，推送 ${(d.posts as string[]).length} 个岗位`,
    open: (c) => ((c.case_.work?.coordinations.length ?? 0) > 0 ? '再次发起协调' : '发起协调'),
    offered: (c) => c.case_.kind === 'joint',
    note: (c) =>
      tierOf(c.case_) >= 2 && !(c.case_.work?.instructions.length ?? 0) && tierOf(c.case_) < 3 ? '待专职副网格长指示；可先逐一电话联系，指示到后再推送。' : '',
    start: (c) => ({
      posts: c.case_.work?.requested_by && !/^platform/.test(c.case_.work.requested_by) ? [c.case_.work.requested_by] : [],
      place: c.case_.address ?? '',
      appointment_at: toInput(c.now + (tierOf(c.case_) === 3 ? 15 : 30) * 60_000),
      offline: tierOf(c.case_) === 3 ? 'yes' : 'no',
      text: '',
      without_instruction: '',
    }),
    fields: [
      { name: 'posts', label: '参加协调的岗位', kind: 'posts', required: true, options: partners, phoneFirst: (c) => tierOf(c.case_) >= 2 },
      { name: 'place', label: '协调地点', kind: 'line', required: true, most: 200 },
      when('appointment_at', '协调时间', true),
      { name: 'offline', label: '方式', kind: 'choice', required: true, options: () => [opt('yes', '线下到场'), opt('no', '线上协调')] },
      { ...say('text', '推送说明', '案情要点、需带的装备', false), rows: 2 },
      {
        name: 'without_instruction', label: '未获指示的情况（事后补录）', kind: 'text', most: 500, rows: 2, required: true,
        show: (_d, c) => tierOf(c.case_) === 3 && !(c.case_.work?.instructions.length ?? 0),
      },
    ],
    body: (b) => ({ ...b, offline: b.offline === 'yes' }),
    check: (d, c): Record<string, string> => {
      if (tierOf(c.case_) < 2) return {};
      const called = calledPosts(c.case_);
      const silent = (d.posts as string[]).filter((p) => !called.has(p));
      return silent.length ? { posts: `须先行电话联系：${silent.map((p) => c.label(p)).join('、')}` } : {};
    },
  },
  response: {
    command: 'Respond',
    button: () => '确认到达协调现场',
    open: (c) => (c.role === 'coordinator' ? '代为响应确认' : '响应确认'),
    offered: (c) => {
      const round = c.case_.work?.coordinations.at(-1);
      if (!round) return false;
      return c.role === 'coordinator' || c.role === 'street-centre' ? round.missing_posts.length > 0 : round.missing_posts.includes(c.post);
    },
    start: (c) => ({ post: c.role === 'coordinator' ? (c.case_.work?.coordinations.at(-1)?.missing_posts[0] ?? '') : '', reason: '', lon: '', lat: '', crs: 'WGS84', accuracy: '' }),
    fields: [
      {
        name: 'post', label: '谁已到场', kind: 'choice', required: true,
        show: (_d, c) => c.role === 'coordinator' || c.role === 'street-centre',
        options: (c) => (c.case_.work?.coordinations.at(-1)?.missing_posts ?? []).map((p) => opt(p, c.label(p))),
      },
      { name: 'place', label: '现在的位置', kind: 'place', show: (_d, c) => c.role !== 'coordinator' && c.role !== 'street-centre' },
      { name: 'reason', label: '没有位置或不在现场范围内的，写明理由', kind: 'text', most: 500, rows: 2 },
    ],
  },
  'coordination-result': {
    command: 'Divide',
    button: () => '明确分工，推送各方',
    open: () => '明确分工',
    start: (c) => ({
      duties: (c.case_.work?.coordinations.at(-1)?.posts ?? []).map((post, i): DutyRow => ({
        post, role: i ? 'assist' : 'lead', text: '', due_at: toInput(c.now + 4 * HOUR),
      })),
    }),
    fields: [{ name: 'duties', label: '主办、协办的职责和处置时限', kind: 'duties', required: true, options: partners }],
    check: (d): Record<string, string> => {
      const rows = d.duties as DutyRow[];
      if (rows.filter((r) => r.role === 'lead').length !== 1) return { duties: '一案一个主办：请指定且只指定一个主办。' };
      return rows.some((r) => !r.post || !r.text.trim() || !r.due_at) ? { duties: '每一行都要写明岗位、职责和时限。' } : {};
    },
  },
  'sub-task': {
    command: 'AddSubTask',
    button: (c, d) => (d.post ? `增加${c.label(String(d.post))}协办` : '增加协办'),
    open: () => '增加协办',
    start: (c) => ({ post: '', text: '', due_at: toInput(c.now + 4 * HOUR) }),
    fields: [somebody('post', '协办岗位'), say('text', '协办内容'), when('due_at', '处置时限', true)],
  },
  'duty-dropping': {
    command: 'DropDuty',
    button: () => '撤去这项协办',
    open: () => '撤去协办',
    offered: (c) => openDuties(c.case_).some((d) => d.role === 'assist'),
    fields: [
      { name: 'duty_id', label: '哪一项', kind: 'choice', required: true, options: (c) => openDuties(c.case_).filter((d) => d.role === 'assist').map((d) => opt(d.id, `${c.label(d.post)}：${d.text}`)) },
      because(),
    ],
  },
  disposal: { command: 'StartDisposal', quick: true, button: () => '开始处置', offered: (c) => ownDuty(c)?.started_at === null, fields: [] },
  'disposal-end': {
    command: 'FinishDisposal',
    button: () => '现场处置完成',
    open: () => '现场处置完成',
    offered: (c) => ownDuty(c)?.finished_at === null,
    note: () => '处置结果和照片请在当日 24:00 前提交。',
    fields: [when('finished_at', '完成时间（不填为现在）')],
  },
  feedback: {
    command: 'SubmitFeedback',
    button: () => '提交处置结果',
    offered: (c) => ownDuty(c)?.feedback_at === null,
    start: () => ({ text: '', outcome: 'solved', finished_at: '', attachments: [] }),
    fields: [
      say('text', '处置情况', '做了什么、现在怎样'),
      { name: 'outcome', label: '办理结果', kind: 'choice', required: true, options: () => OUTCOMES },
      { name: 'attachments', label: '处置前后照片、文书', kind: 'files', options: () => FILE_KINDS },
      when('finished_at', '处置完成时间（不填为现在）'),
    ],
  },
  verification: {
    command: 'AskVerification',
    button: (c, d) => `派${c.label(String(d.post ?? '')) || '人'}${d.kind === 'before' ? '核实' : '核查'}`,
    open: () => '派核实 / 派核查',
    start: (c) => ({ kind: (c.case_.work?.feedbacks.length ?? 0) > 0 ? 'after' : 'before', post: '', note: '', due_at: '' }),
    fields: [
      { name: 'kind', label: '查什么', kind: 'choice', required: true, options: () => [opt('before', '核实', '办前查事实'), opt('after', '核查', '办后查结果')] },
      somebody('post', '派谁去'),
      { ...say('note', '查看要点', '', false), rows: 2 },
      when('due_at', '何时前报回（可不填）'),
    ],
  },
  'verification-result': {
    command: 'ReportVerification',
    button: () => '报核查结果给分中心',
    open: () => '报核查结果',
    offered: (c) => (c.case_.work?.verifications ?? []).some((v) => v.post === c.post && v.reported_at === null),
    fields: [
      {
        name: 'result', label: '结果', kind: 'choice', required: true,
        options: (c) =>
          (c.case_.work?.verifications ?? []).find((v) => v.post === c.post && v.reported_at === null)?.kind === 'before'
            ? [opt('true', '属实'), opt('partly', '部分属实'), opt('false', '不属实')]
            : [opt('passed', '通过'), opt('failed', '未通过')],
      },
      say('text', '现场情况'),
      { name: 'attachments', label: '核查照片', kind: 'files', options: () => FILE_KINDS },
    ],
    start: () => ({ result: '', text: '', attachments: [] }),
  },
  evaluation: {
    command: 'DraftEvaluation',
    button: () => '保存评价草稿',
    open: () => '写评价草稿',
    start: (c) => ({ points: points(c), report: report(c) }),
    fields: evaluation,
    body: pointBody,
  },
  return: {
    command: 'ReturnForRework',
    button: () => '退回处置人重办',
    open: () => '退回重办',
    fields: [because('写明缺什么'), { name: 'posts', label: '退给谁（不选为全部）', kind: 'checks', options: dutyPosts }],
    start: () => ({ reason: '', posts: [] }),
  },
  closing: {
    command: 'Close',
    button: () => '评价并结案',
    start: (c) => ({ points: points(c), report: report(c), outcome: 'solved' }),
    fields: [...evaluation, { name: 'outcome', label: '办理结果', kind: 'choice', required: true, options: () => OUTCOMES }],
    check: (d): Record<string, string> => {
      const rows = d.points as PointRow[];
      if (rows.some((p) => !p.passed)) return { points: '五项都要审核；有未通过的，请退回重办。' };
      return rows.some((p) => p.passed === 'no') ? { points: '有未通过的项，不能结案；请退回重办，写明缺什么。' } : {};
    },
    body: pointBody,
  },
  escalation: {
    command: 'Escalate',
    button: (_c, d) => (d.level === '2' ? '提交街道城运中心' : '报片区网格长协调'),
    open: (c) => (c.case_.status === 'escalated_1' ? '提交街道' : '报网格长协调'),
    start: (c) => ({ level: c.case_.status === 'escalated_1' ? '2' : '1', reason_code: '', reason: '' }),
    fields: [
      { name: 'level', label: '提交到', kind: 'choice', required: true, options: () => [opt('1', '片区网格长'), opt('2', '街道城运中心')] },
      {
        name: 'reason_code', label: '提交事由', kind: 'choice', required: true,
        options: () => [opt('hard', '案件疑难复杂'), opt('weak_response', '参勤人员响应处置不力'), opt('no_agreement', '协调无果'), opt('other', '其他（说明）')],
      },
      because('已做了什么、卡在哪里'),
    ],
    body: (b) => ({ ...b, level: Number(b.level) }),
  },
  'head-coordination': { command: 'NoteHeadCoordination', button: () => '记录网格长协调', fields: [say('text', '协调情况')] },
  'escalation-settlement': { command: 'SettleEscalation', button: () => '协调有果，交回办理', open: () => '协调有果', offered: settled, fields: [say('text', '协调结果')] },
  urging: {
    command: 'Urge',
    button: (c, d) => (d.post ? `催办${c.label(String(d.post))}` : '催办'),
    open: () => '催办',
    start: (c) => ({ post: c.case_.owner === c.post ? '' : c.case_.owner, text: '' }),
    fields: [
      { name: 'post', label: '催办谁', kind: 'post', required: true, options: (c) => [...new Set([c.case_.owner, ...openDuties(c.case_).map((d) => d.post), ...partners(c).map((o) => o.value)])].filter((p) => p !== c.post).map((p) => opt(p, c.label(p))) },
      say('text', '催办内容', '如：请于今日 16:00 前反馈'),
    ],
  },
  'help-request': {
    command: 'AskHelp', button: () => '请求分中心支援', open: () => '请求支援',
    start: () => ({ text: '', lon: '', lat: '', crs: 'WGS84', attachments: [] }),
    fields: [say('text', '需要什么支援', '如：来两人、带警示带；或请城管中队到场'), { name: 'attachments', label: '现场照片', kind: 'files', options: () => FILE_KINDS }],
  },
  supervision: { command: 'IssueSupervision', button: () => '发督办单', fields: [because('督办事由和要求'), when('due_at', '办理期限（可不填）')] },
  'supervision-answer': {
    command: 'AnswerSupervision', button: () => '反馈督办情况', open: () => '反馈督办', offered: supervised,
    start: (c) => ({ text: '', supervision_id: orders(c)[0]?.value ?? '' }),
    fields: [{ name: 'supervision_id', label: '督办单', kind: 'choice', options: orders, show: (_d, c) => orders(c).length > 1 }, say('text', '办理情况')],
  },
  'supervision-lifting': {
    command: 'LiftSupervision', button: () => '解除督办', offered: supervised,
    start: (c) => ({ reason: '', supervision_id: orders(c)[0]?.value ?? '' }),
    fields: [{ name: 'supervision_id', label: '督办单', kind: 'choice', options: orders, show: (_d, c) => orders(c).length > 1 }, because()],
  },
  extension: {
    command: 'AskExtension', button: () => '申请延期', offered: (c) => openDuties(c.case_).length > 0,
    start: (c) => ({ new_due_at: '', reason: '', duty_id: (ownDuty(c) ?? openDuties(c.case_)[0])?.id ?? '' }),
    fields: [
      { name: 'duty_id', label: '哪一项', kind: 'choice', options: duties, show: (_d, c) => duties(c).length > 1 },
      when('new_due_at', '延期至', true),
      because(),
    ],
  },
  'extension-decision': {
    command: 'DecideExtension', open: () => '审批延期',
    button: (_c, d) => (d.approve === 'no' ? '不批准延期' : '批准延期'),
    offered: (c) => (c.case_.work?.extensions ?? []).some((e) => e.decided_at === null),
    note: (c) => {
      const asked = (c.case_.work?.extensions ?? []).find((e) => e.decided_at === null);
      return asked ? `${asked.asked_by_label ?? ''}申请延期：${asked.reason}` : '';
    },
    start: () => ({ approve: 'yes', reason: '', upstream_consent: false }),
    fields: [decision(), because(), { name: 'upstream_consent', label: '上级已同意延期', kind: 'toggle' }],
    body: approved,
  },
  suspension: {
    command: 'AskSuspension', button: () => '申请挂账',
    start: (c) => ({ owner: '', review_on: dayInput(c.now + 30 * 24 * HOUR), reason: '' }),
    fields: [{ name: 'owner', label: '责任人或责任单位', kind: 'line', required: true, most: 60 }, { name: 'review_on', label: '复看日期', kind: 'day', required: true }, because('写明暂不具备什么条件')],
  },
  'suspension-decision': {
    command: 'DecideSuspension', open: () => '审批挂账',
    button: (_c, d) => (d.approve === 'no' ? '不批准挂账' : '批准挂账'),
    offered: (c) => (c.case_.work?.suspensions ?? []).some((s) => s.decided_at === null),
    start: () => ({ approve: 'yes', reason: '' }),
    fields: [decision(), because()],
    body: approved,
  },
  'suspension-end': { command: 'EndSuspension', button: () => '销账，恢复办理', open: () => '销账', fields: [because('写明条件已具备')] },
  'hand-over': {
    command: 'HandOverToStreet', button: () => '移交街道承担', offered: (c) => !c.case_.handed_over,
    note: () => '须在非运行时间，且参勤力量不足；应到、实到人数由系统记下，计时不停。',
    start: () => ({ reason: '', declared: false }),
    fields: [because('写明为什么本片区此时办不了'), { name: 'declared', label: '名册不准，由我申报力量不足', kind: 'toggle' }],
  },
  'hand-back': {
    command: 'HandBack', button: () => '交回分中心', offered: (c) => c.case_.handed_over,
    fields: [{ ...because('办理到哪里、还要做什么'), required: false }],
  },
  reclassification: {
    command: 'Reclassify', button: () => '更正案件类别', open: () => '更正类别',
    start: (c) => ({ kind: c.case_.kind ?? 'community_level', grades: [...c.case_.grades], spans: [...c.case_.spans], involved: c.case_.involved.map((g) => g.code), reason: '' }),
    fields: [
      { name: 'kind', label: '案件大类', kind: 'choice', required: true, options: () => KINDS },
      { name: 'grades', label: '联动类别（可多选，最严的定时限）', kind: 'checks', required: true, show: joint, options: () => GRADES },
      { name: 'spans', label: '跨界（可多选）', kind: 'checks', options: () => SPANS },
      { name: 'involved', label: '涉及的其他网格', kind: 'checks', show: (d) => (d.spans as string[]).includes('cross_grid'), options: others },
      because(),
    ],
    body: (b) => (b.kind === 'joint' ? b : { ...b, grades: [] }),
  },
  merge: { command: 'Merge', button: (_c, d) => (d.into ? `并入 ${String(d.into)}` : '并入主案'), open: () => '并案', fields: [{ name: 'into', label: '主案编号', kind: 'case', required: true, placeholder: '如 0311-0036' }, because('为什么是同一事件')] },
  'merge-undoing': { command: 'UndoMerge', button: () => '拆案，恢复单独办理', open: () => '拆案', fields: [because()] },
  link: {
    command: 'LinkCase', button: () => '关联案件',
    start: () => ({ kind: 'related_to', other: '', reason: '' }),
    fields: [
      { name: 'kind', label: '关系', kind: 'choice', required: true, options: () => [opt('repeat_of', '再次发生'), opt('related_to', '相关'), opt('part_of', '分案')] },
      { name: 'other', label: '另一案编号', kind: 'case', required: true, placeholder: '如 0311-0036' },
      because(),
    ],
  },
  withdrawal: { command: 'Withdraw', button: () => '按来源要求撤销案件', open: () => '来源撤销', fields: [because('来源平台怎么说')] },
  'first-contact': {
    command: 'NoteContact', button: () => '记录先行联系', open: () => '先行联系', offered: (c) => c.case_.source === '12345',
    start: () => ({ made: 'yes', person: '', reason: '', at: '' }),
    fields: [
      { name: 'made', label: '是否联系到诉求人', kind: 'choice', required: true, options: () => [opt('yes', '已联系'), opt('no', '未联系')] },
      { name: 'person', label: '联系人', kind: 'line', required: true, most: 100, show: (d) => d.made === 'yes' },
      { name: 'reason', label: '未联系的原因', kind: 'text', rows: 2, most: 500, required: true, show: (d) => d.made === 'no' },
      when('at', '联系时间（不填为现在）'),
    ],
    body: (b) => ({ ...b, made: b.made === 'yes' }),
  },
  'return-visit': {
    command: 'NoteVisit', button: () => '记录回访',
    fields: [
      { name: 'satisfaction', label: '满意度', kind: 'choice', required: true, options: () => [opt('satisfied', '满意'), opt('mostly', '基本满意'), opt('fair', '一般'), opt('unsatisfied', '不满意')] },
      say('text', '回访情况', '', false),
    ],
  },
  reopening: {
    command: 'Reopen', button: () => '重新办理案件', open: () => '重新办理',
    fields: [
      { name: 'cause', label: '为什么重办', kind: 'choice', required: true, options: () => [opt('visit', '回访不满意'), opt('again', '再次反映'), opt('hotline', '热线重办')] },
      because(),
    ],
  },
  archiving: { command: 'Archive', quick: true, button: () => '归档案件', fields: [] },
};

function lines(text: unknown): string[] {
  return String(text ?? '').split('\n').map((l) => l.trim()).filter(Boolean);
}
