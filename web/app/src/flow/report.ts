/** 综合性评价报告, first written from what the history holds; the coordinator edits it (R62). */
import { moment } from '../pure/time';
import type { Context } from './kinds';

export function composeReport(c: Context): string {
  const { case_ } = c;
  const work = case_.work;
  const at = (iso: string): string => moment(iso, 0);
  const lines: string[] = [];
  const text = (case_.description || case_.title || '').trim().replace(/[。\s]+$/, '');
  lines.push(`一、案件情况：${at(case_.received_at)}收到${case_.source_label}。${text ? `反映：${text}。` : ''}${case_.address ? `地点：${case_.address}${case_.community ? `（${case_.community.name}）` : ''}。` : ''}`);
  const accepted = (case_.stages ?? []).find((s) => s.status === 'accepted' || s.status === 'instruction_pending');
  const kind = case_.grade_labels.length ? case_.grade_labels.join('、') : (case_.kind_label ?? '');
  const told: string[] = [];
  if (accepted) told.push(`${at(accepted.from_at)}受理，类别：${kind}`);
  for (const i of work?.instructions ?? []) told.push(`${at(i.at)}${i.by_label ?? ''}指示：${i.text}`);
  for (const r of work?.coordinations ?? []) {
    told.push(`${at(r.started_at)}发起协调，约定${at(r.appointment_at)}在${r.place}`);
    const there = r.arrivals.map((a) => `${a.post_label ?? ''}${at(a.at)}到场`);
    if (there.length) told.push(there.join('，'));
  }
  for (const d of (work?.duties ?? []).filter((d) => d.dropped_at === null)) {
    told.push(`${d.role_label}：${c.label(d.post)}${d.text ? `，${d.text}` : ''}${d.due_at ? `，时限${at(d.due_at)}` : ''}`);
  }
  if (told.length) lines.push(`二、受理和协调：${told.join('；')}。`);
  const done = (work?.feedbacks ?? []).map((f) => `${at(f.at)}${c.label(f.by)}反馈：${f.text.replace(/[。\s]+$/, '')}（${f.outcome_label}${f.attachments.length ? `，附件 ${f.attachments.length} 份` : ''}）`);
  if (done.length) lines.push(`三、处置结果：${done.join('；')}。`);
  const checked = (work?.verifications ?? []).filter((v) => v.reported_at).map((v) => `${v.kind_label}：${v.result_label ?? ''}，${v.text ?? ''}`);
  if (checked.length) lines.push(`四、核实核查：${checked.join('；')}。`);
  const late = case_.clocks.filter((k) => k.stopped_at && Date.parse(k.stopped_at) > Date.parse(k.due_at)).map((k) => k.label);
  lines.push(`${checked.length ? '五' : '四'}、时限：${late.length ? `${late.join('、')}超时完成` : '各项时限均按时完成'}。`);
  return lines.join('\n');
}
