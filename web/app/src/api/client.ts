/** The one place that speaks HTTP. Every request names the post that acts; every failure is an `ApiProblem`. */
import { words } from '../words';
import type {
  Assignment,
  Case,
  CaseEvent,
  Config,
  NewCase,
  Owner,
  Page,
  Problem,
  Received,
  Refusal,
  RejectedIntake,
  ReportJob,
  Summary,
} from './types';
import type { FeatureCollection } from 'geojson';

const TIMEOUT_MS = 15_000;

/** What the server (or the line to it) said instead of an answer; the texts are Chinese and tell what to do. */
export class ApiProblem extends Error {
  readonly kind: string;
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
    this.status = problem.status;
    this.kind = problem.type.split('/').pop() ?? 'unknown';
  }

  get lines(): string[] {
    const { title, detail, errors } = this.problem;
    const more = (errors ?? []).map((e) => [e.pointer, e.detail].filter(Boolean).join('：'));
    return [...new Set([title, detail, ...more].filter((line): line is string => Boolean(line)))];
  }
}

let post = 'coordinator';

/** All later requests act for this post (`X-Pianqu-Post`). */
export function actAs(id: string): void {
  post = id;
}

export function actingPost(): string {
  return post;
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const headers: Record<string, string> = { Accept: 'application/json', 'X-Pianqu-Post': post };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem({
      type: '/problems/no-answer',
      title: words.problems.noAnswer,
      detail: words.problems.noAnswerNext,
      status: 0,
    });
  }
  if (answer.status === 204) return undefined as T;
  if (!answer.ok) throw new ApiProblem(await readProblem(answer));
  return (await answer.json()) as T;
}

async function readProblem(answer: Response): Promise<Problem> {
  const unknown: Problem = {
    type: '/problems/unknown',
    title: words.problems.refused(answer.status),
    status: answer.status,
  };
  if (!answer.headers.get('Content-Type')?.includes('json')) return unknown;
  const told = (await answer.json().catch(() => null)) as Partial<Problem> | null;
  return told && typeof told === 'object' ? { ...unknown, ...told, status: answer.status } : unknown;
}

const get = <T>(path: string, signal?: AbortSignal): Promise<T> => send<T>('GET', path, undefined, signal);
const tell = <T>(path: string, body: unknown = {}): Promise<T> => send<T>('POST', path, body);

function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const pairs = Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== '');
  return pairs.length ? `?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()}` : '';
}

const case_ = (id: string): string => `/v1/cases/${encodeURIComponent(id)}`;
const refusal_ = (id: string): string => `/v1/street-centre/refusals/${encodeURIComponent(id)}`;

export interface CaseFilter {
  desk?: string | null;
  status?: string;
  tab?: string;
  q?: string;
  open?: boolean;
  limit?: number;
  cursor?: string;
}

export const api = {
  config: () => get<Config>('/v1/config'),
  layer: (id: string) => get<FeatureCollection>(`/v1/layers/${id}`),
  summary: (desk?: string | null) => get<Summary>(`/v1/summary${query({ desk })}`),

  cases: (filter: CaseFilter, signal?: AbortSignal) => get<Page<Case>>(`/v1/cases${query({ ...filter })}`, signal),
  case: (id: string) => get<Case>(case_(id)),
  events: (id: string) => get<{ items: CaseEvent[] }>(`${case_(id)}/events`),
  assign: (place: { lon: number; lat: number; crs: string; accuracy_m?: number }) =>
    tell<Assignment>('/v1/assignments', place),

  receive: (report: NewCase) => tell<Received>('/v1/cases', report),
  accept: (id: string, body: { community?: string; version: number }) => tell<Case>(`${case_(id)}/acceptance`, body),
  reject: (id: string, body: { reason: string; belongs_to?: Owner; version?: number }) =>
    tell<Case>(`${case_(id)}/rejection`, body),
  withdrawRejection: (id: string, body: { reason: string; version: number }) =>
    tell<Case>(`${case_(id)}/rejection-withdrawal`, body),
  correctLocation: (
    id: string,
    body: { lon: number; lat: number; crs: string; accuracy_m: number | null; reason: string; version: number },
  ) => tell<Case>(`${case_(id)}/location`, body),

  refusals: (state?: string) => get<{ items: Refusal[] }>(`/v1/street-centre/refusals${query({ state })}`),
  acknowledge: (id: string) => tell<unknown>(`${refusal_(id)}/acknowledgement`),
  reinstate: (id: string, reason: string) => tell<unknown>(`${refusal_(id)}/reinstatement`, { reason }),
  /** For a refusal of no desk: the ruling must say which 片区 takes it. */
  reinstateAt: (caseId: string, refusalId: string, toSector: string, reason: string) =>
    tell<unknown>(`${case_(caseId)}/reinstatement`, { refusal_id: refusalId, to_sector: toSector, reason }),
  redispatch: (id: string, toSector: string) => tell<unknown>(`${refusal_(id)}/redispatch`, { to_sector: toSector }),
  forward: (id: string, belongsTo: Owner | null) =>
    tell<unknown>(`${refusal_(id)}/forwarding`, belongsTo ? { belongs_to: belongsTo } : {}),
  retryDelivery: (id: string) => tell<unknown>(`/v1/deliveries/${encodeURIComponent(id)}/retry`),

  rejectedIntake: () => get<{ items: RejectedIntake[] }>('/v1/intake-rejected'),
  orderReport: (desk: string | null) => tell<ReportJob>('/v1/reports/situation', desk ? { desk } : {}),
  report: (id: string) => get<ReportJob>(`/v1/reports/${encodeURIComponent(id)}`),
  reportFile: (id: string) => `/v1/reports/${encodeURIComponent(id)}/file`,
};
