/** Texts of the wall. Short: they are read from five metres. */
import type { Saying } from '../pure/wall';

export const wallWords = {
  page: '大屏',
  demo: '演示数据',
  clocks: '先到时限在前',
  noClocks: '没有计时中的案件',
  records: '最近记录',
  noRecords: '还没有新的记录',
  street: '新成路街道',
  stale: (at: string) => `连接中断，画面停在 ${at}，正在自动重连`,
  expired: (at: string) => `登录已过期，画面停在 ${at}，请在大屏主机上重新登录`,
  catchingUp: '正在补齐',
  label: '片区地图，案件按时限着色',
};

/** What the room should see of an event; the small ones between are left out. */
const BY_TYPE: Record<string, string> = {
  CaseAccepted: '已受理',
  CaseRejected: '不予受理',
  RejectionDelivered: '反馈已送达街道',
  RejectionUndelivered: '反馈未送达',
  RejectionAcknowledged: '街道已签收',
  RejectionForwarded: '街道已上报区',
  CaseRedispatched: '街道已改派',
  CaseReinstated: '指定受理',
  CaseReturnedToSource: '已退回街道',
  CaseDispatched: '已派单',
  DutySigned: '已签收',
  StationReturned: '工作站退单',
  CoordinationStarted: '发起协调',
  ResponseConfirmed: '到达现场',
  DutiesAgreed: '已明确分工',
  DisposalStarted: '开始处置',
  FeedbackSubmitted: '已反馈',
  VerificationAsked: '已派核查',
  VerificationReported: '已报核查结果',
  ReworkOrdered: '退回重办',
  CaseClosed: '已结案',
  CaseEscalated: '已上报',
  CaseReopened: '重新办理',
  CaseSuspended: '挂账',
  PushFailed: '推送未送达',
};

export const sayEvent: Saying = ({ type }, case_) => {
  if (type === 'CaseReceived') return `收到${case_.source_label.replace(/（.*）$/, '')}`;
  if (type === 'ClockWarned') return '将超时';
  if (type === 'ClockBreached') return '超时';
  return BY_TYPE[type] ?? null;
};
