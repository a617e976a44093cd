/** The one place that speaks HTTP, with the browser's session; every failure is an `ApiProblem`. */
import { words } from '../words';
import type {
  Account,
  Assignment,
  Case,
  CaseEvent,
  CasePlaces,
  Config,
  DeliveryRow,
  DutyList,
  Geocoded,
  ImportResult,
  Mail,
  MailList,
  NewCase,
  Owner,
  Page,
  PolicyVersion,
  PolicyView,
  Problem,
  Received,
  Refusal,
  RejectedIntake,
  ReportJob,
  Reversed,
  Roster,
  Session,
  Suggestion,
  Summary,
  Task,
  Token,
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

let csrf = '';
let lost: () => void = () => undefined;
let renew: () => Promise<void> = async () => undefined;

/** Every write of the browser carries the token of its session, which other sites cannot read. */
export function carry(token: string): void {
  csrf = token;
}

/** What to do when the session is over, and how to read it anew when another tab has logged in. */
export function onSession(told: { lost(): void; renew(): Promise<void> }): void {
  lost = told.lost;
  renew = told.renew;
}

export interface Sending {
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
  again?: boolean;
  /** Of the whole answer; a large file takes its time. */
  timeoutMs?: number;
}

async function answered(method: string, path: string, { body, signal, headers, again, timeoutMs }: Sending = {}): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS);
  const isForm = body instanceof FormData;
  const sent: Record<string, string> = { Accept: 'application/json', ...headers };
  if (body !== undefined && !isForm) sent['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf) sent['X-CSRF-Token'] = csrf;
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers: sent,
      credentials: 'same-origin',
      body: body === undefined ? null : isForm ? body : JSON.stringify(body),
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
  if (answer.ok) return answer;
  const problem = new ApiProblem(await readProblem(answer));
  if (problem.kind === 'csrf' && !again) {
    await renew(); // another tab has logged in since: its session is ours, too
    return answered(method, path, { body, again: true, ...(timeoutMs ? { timeoutMs } : {}), ...(signal ? { signal } : {}), ...(headers ? { headers } : {}) });
  }
  // Asking whose session it is may well be answered with "nobody's".
  if (answer.status === 401 && !path.startsWith('/v1/session')) lost();
  throw problem;
}

export async function send<T>(method: string, path: string, sending: Sending = {}): Promise<T> {
  const answer = await answered(method, path, sending);
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

async function readProblem(answer: Response): Promise<Problem> {
  const unknown: Problem = {
    type: '/problems/unknown',
    title: words.problems.refused(answer.status),
    status: answer.status,
  };
  if (!answer.headers.get('Content-Type')?.includes('json')) return unknown;
  const told = (await answer.json().catch(() => null)) as Partial<Problem> | null;
  if (!told || typeof told !== 'object') return unknown;
  const wait = Number(answer.headers.get('Retry-After'));
  return { ...unknown, ...told, status: answer.status, ...(wait > 0 ? { retry_after: wait } : {}) };
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => send<T>('GET', path, signal ? { signal } : {});
const tell = <T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> =>
  send<T>('POST', path, signal ? { body, signal } : { body });

/** A file that a command makes. */
export const download = (path: string, body: unknown, timeoutMs: number): Promise<Response> =>
  answered('POST', path, { body, timeoutMs, headers: { Accept: '*/*' } });

/** A file on its way, with how far it is; fetch cannot tell that, XMLHttpRequest can. */
export function upload<T>(path: string, file: File, progress: (share: number) => void = () => undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open('POST', path);
    ask.setRequestHeader('Accept', 'application/json');
    ask.setRequestHeader('X-CSRF-Token', csrf);
    ask.upload.onprogress = (e) => progress(e.lengthComputable ? e.loaded / e.total : 0);
    ask.onload = () => {
      const told = read(ask.responseText);
      if (ask.status < 300) return resolve(told as T);
      if (ask.status === 401) lost();
      const problem = { type: '/problems/unknown', title: words.problems.refused(ask.status), ...(told as object), status: ask.status };
      reject(new ApiProblem(problem as Problem));
    };
    ask.onerror = () =>
      reject(new ApiProblem({ type: '/problems/no-answer', title: words.problems.noAnswer, detail: words.problems.noAnswerNext, status: 0 }));
    const form = new FormData();
    form.append('file', file);
    ask.send(form);
  });
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function query(values: Record<string, string | number | boolean | null | undefined>): string {
  const pairs = Object.entries(values).filter(([, v]) => v !== undefined && v !== null && v !== '');
  return pairs.length ? `?${new URLSearchParams(pairs.map(([k, v]) => [k, String(v)])).toString()}` : '';
}

const case_ = (id: string): string => `/v1/cases/${encodeURIComponent(id)}`;
const account_ = (name: string): string => `/v1/accounts/${encodeURIComponent(name)}`;
const refusal_ = (id: string): string => `/v1/street-centre/refusals/${encodeURIComponent(id)}`;

export interface CaseFilter {
  desk?: string | null;
  status?: string;
  tab?: string;
  q?: string;
  open?: boolean;
  limit?: number;
  cursor?: string;
  order?: 'received' | 'due';
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

  /** What an address means; nothing is kept. */
  geocode: (asked: { text: string; source?: string; point?: { lon: number; lat: number; crs: string; accuracy_m?: number } }, signal?: AbortSignal) =>
    tell<Geocoded>('/v1/geocode', asked, signal),
  suggest: (q: string, signal?: AbortSignal) => get<{ suggestions: Suggestion[] }>(`/v1/geocode/suggest${query({ q })}`, signal),
  reverse: (at: { lon: number; lat: number; crs: string }) => get<Reversed>(`/v1/geocode/reverse${query(at)}`),
  /** What the words of a case that waits for its place may mean. */
  places: (id: string) => get<CasePlaces>(`${case_(id)}/places`),

  receive: (report: NewCase) => tell<Received>('/v1/cases', report),
  /** One resource per verb: the path of a step, its fields, the version that was looked at. */
  step: (id: string, path: string, body: Record<string, unknown>) => tell<Case>(`${case_(id)}/${path}`, body),

  session: () => get<Session>('/v1/session'),
  logIn: (body: { name: string; password: string; totp?: string }) => tell<Session>('/v1/session', body),
  logInDemo: (post: string) => tell<Session>('/v1/session/demo', { post }),
  logOut: () => send<void>('DELETE', '/v1/session'),
  choosePost: (post: string) => tell<Session>('/v1/session/post', { post }),
  changePassword: (old: string, fresh: string) => send<void>('PUT', '/v1/session/password', { body: { old, new: fresh } }),
  enrolTotp: () => tell<{ secret: string; uri: string }>('/v1/session/totp'),
  confirmTotp: (code: string) => tell<void>('/v1/session/totp/confirmation', { code }),
  dropTotp: () => send<void>('DELETE', '/v1/session/totp'),

  accounts: () => get<{ items: Account[] }>('/v1/accounts'),
  addAccount: (body: { name: string; post?: string; staff?: string; password?: string }) => tell<Account>('/v1/accounts', body),
  accountStep: (name: string, step: 'disabling' | 'enabling' | 'unlocking') => tell<Account>(`${account_(name)}/${step}`),
  resetPassword: (name: string) => tell<{ password: string }>(`${account_(name)}/password-reset`),
  tokens: (name: string) => get<{ items: Token[] }>(`${account_(name)}/tokens`),
  addToken: (name: string, body: { label: string; expires_at?: string }) => tell<{ token: string }>(`${account_(name)}/tokens`, body),
  dropToken: (name: string, id: number) => send<void>('DELETE', `${account_(name)}/tokens/${id}`),

  mailbox: () => get<MailList>('/v1/mailbox?limit=100'),
  readMail: (id: string) => tell<Mail>(`/v1/mailbox/${id}/reading`),
  acknowledgeMail: (id: string) => tell<Mail>(`/v1/mailbox/${id}/acknowledgement`),
  deliveries: (filter: { status?: string; recipient?: string }) => get<{ items: DeliveryRow[] }>(`/v1/deliveries${query(filter)}`),

  duty: (desk: string | null) => get<DutyList>(`/v1/duty${query({ desk })}`),
  roster: (filter: { desk?: string | null; first?: string; days?: number }) => get<Roster>(`/v1/roster${query(filter)}`),
  putRoster: (what: string, body: Record<string, unknown>) => tell<unknown>(`/v1/roster/${what}`, body),
  endHolding: (id: number, version: number) =>
    send<unknown>('POST', `/v1/roster/holdings/${id}/ending`, { body: {}, headers: { 'If-Match': `"${version}"` } }),
  withdrawShift: (id: number) => send<void>('DELETE', `/v1/roster/shifts/${id}`),
  importRoster: (file: File, dry: boolean) => upload<ImportResult>(`/v1/roster/import${query({ dry_run: dry })}`, file),

  policy: () => get<PolicyView>('/v1/policy'),
  policyHistory: () => get<{ items: PolicyVersion[] }>('/v1/policy/history'),
  setPolicy: (body: { values: Record<string, unknown>; reason: string; from_at?: string }, newest: number) =>
    send<PolicyView>('PUT', '/v1/policy', { body, headers: { 'If-Match': `"${newest}"` } }),

  tasks: (status?: string) => get<{ items: Task[] }>(`/v1/tasks${query({ status })}`),
  task: (id: string) => get<Task>(`/v1/tasks/${id}`),
  giveTask: (body: { title: string; text: string; to_post: string; due_at?: string }) => tell<Task>('/v1/tasks', body),
  taskStep: (id: string, step: string, text: string) => tell<Task>(`/v1/tasks/${id}/${step}`, { text }),

  attach: (file: File, progress: (share: number) => void) =>
    upload<{ sha256: string; name: string; type: string; size: number }>('/v1/attachments', file, progress),
  attachment: (sha256: string, case_id: string) => `/v1/attachments/${sha256}${query({ case: case_id })}`,

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
