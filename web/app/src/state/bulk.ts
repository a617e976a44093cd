/** One step on the ticked cases, one request each: the server checks each as if a person had pressed the button. */
import { reactive } from 'vue';
import { api, ApiProblem } from '../api/client';
import type { BulkStep, Taken } from '../pure/bulk';
import { runAll } from '../pure/bulk';
import { put } from './cases';
import { uncheck } from './checked';

export interface Failure {
  id: string;
  number: string;
  why: string;
}
interface Run {
  step: BulkStep | null;
  busy: boolean;
  stopping: boolean;
  all: number;
  done: number;
  succeeded: number;
  failures: Failure[];
}
const NONE: Run = { step: null, busy: false, stopping: false, all: 0, done: 0, succeeded: 0, failures: [] };

export const run = reactive<Run>({ ...NONE });

export async function start(step: BulkStep, take: readonly Taken[]): Promise<void> {
  if (run.busy || !take.length) return;
  Object.assign(run, NONE, { step, busy: true, all: take.length, failures: [] });
  try {
    await runAll(take, (one) => send(step, one), { stopped: () => run.stopping });
  } finally {
    run.busy = false;
  }
}

async function send(step: BulkStep, { case_, body }: Taken): Promise<void> {
  try {
    put(await api.step(case_.id, step, body));
    run.succeeded += 1;
    uncheck([case_.id]); // what was not done stays ticked
  } catch (cause) {
    if (!(cause instanceof ApiProblem)) throw cause;
    run.failures.push({ id: case_.id, number: case_.number, why: cause.lines.join('；') });
    if (cause.status === 409 || cause.status === 412) await api.case(case_.id).then(put, () => undefined);
  } finally {
    run.done += 1;
  }
}

export function stop(): void {
  run.stopping = true;
}
export function forget(): void {
  if (!run.busy) Object.assign(run, NONE, { failures: [] });
}
