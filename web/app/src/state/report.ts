/** 生成态势图: ordered from the worker, waited for, offered as a file. */
import { reactive } from 'vue';
import { api, ApiProblem } from '../api/client';
import { desk } from './session';
import { words } from '../words';

const ASK_MS = 700;

export const report = reactive({ busy: false, text: '', detail: '', href: '' });

export async function startReport(): Promise<void> {
  if (report.busy) return;
  Object.assign(report, { busy: true, text: words.report.queued, detail: '', href: '' });
  try {
    let job = await api.orderReport(desk.value);
    while (job.status === 'queued' || job.status === 'running') {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      job = await api.report(job.id);
      report.text = job.status === 'queued' ? words.report.queued : words.report.running(job.progress);
    }
    const done = job.status === 'done';
    report.text = done ? words.report.done : words.report.failed;
    report.detail = done ? '' : (job.detail ?? '');
    report.href = done ? api.reportFile(job.id) : '';
  } catch (cause) {
    if (!(cause instanceof ApiProblem)) throw cause;
    Object.assign(report, { text: words.report.failed, detail: cause.lines.join('；') });
  } finally {
    report.busy = false;
  }
}

export function closeReport(): void {
  Object.assign(report, { text: '', detail: '', href: '' });
}
