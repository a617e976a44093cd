/** The phone's own state: whose it is, today's tasks, drafts, and what waits to be sent. One store behind all of it. */
import { computed, ref, shallowRef } from 'vue';
import { api, ApiProblem } from '../api/client';
import { fieldApi } from '../api/field';
import type { Case, Config, Session } from '../api/types';
import { ordered } from '../pure/field';
import { hourMinute } from '../pure/time';
import { now, serverNow, slowNow } from '../state/now';
import { config, session } from '../state/session';
import { stream } from '../state/stream';
import { say } from '../state/toasts';
import { field as words } from '../words/field';
import { flush, type Sender } from './outbox';
import { draftId, FieldStore, type Draft, type Entry, type Photo } from './store';

export const tasks = shallowRef<Case[]>([]);
export const drafts = shallowRef<Draft[]>([]);
export const photos = shallowRef<Photo[]>([]);
export const outbox = shallowRef<Entry[]>([]);
export const loaded = ref(false);
const lineUp = ref(navigator.onLine);
addEventListener('online', () => (lineUp.value = true));
addEventListener('offline', () => (lineUp.value = false));

export const offline = computed(() => !lineUp.value || stream.value === 'stale');
export const owner = computed(() => (session.value?.post ? `${session.value.account}|${session.value.post}` : ''));
export const inOrder = computed(() => ordered(tasks.value, slowNow.value));
export const unsent = computed(() => outbox.value.filter((e) => e.state !== 'sent'));
export const stuck = computed(() => unsent.value.filter((e) => e.state !== 'waiting'));
export const kept = computed(() => unsent.value.length + drafts.value.length);

let opened: Promise<FieldStore> | null = null;
export function store(): Promise<FieldStore> {
  opened ??= FieldStore.open();
  return opened;
}

/** Who was logged in last, so that the page opens off line as theirs. */
export async function recall(): Promise<boolean> {
  const kept_ = await (await store()).meta<{ session: Session; config: Config }>('who');
  if (!kept_) return false;
  config.value ??= kept_.config;
  session.value ??= kept_.session;
  return true;
}
export async function remember(): Promise<void> {
  if (!session.value || !config.value) return;
  // The token of the session is not kept: the next writing asks for the one in force.
  const told = JSON.parse(JSON.stringify({ session: { ...session.value, csrf: '' }, config: config.value })) as unknown;
  await (await store()).setMeta('who', told);
}

/** What the phone holds, read anew from its store. */
export async function reread(): Promise<void> {
  const [mine, held] = [owner.value, await store()];
  const [d, p, o] = await Promise.all([held.drafts(mine), held.photos(mine), held.outbox(mine)]);
  if (mine !== owner.value) return;
  [drafts.value, photos.value, outbox.value] = [d, p, o];
}

export async function openOwn(): Promise<void> {
  const held = await store();
  [tasks.value, loaded.value] = [await held.tasks(owner.value), false];
  if (tasks.value.length) loaded.value = true;
  await reread();
}

const MOST = 60;
/** Today's tasks, whole: they are read off line as well. */
export async function loadTasks(): Promise<void> {
  const mine = owner.value;
  if (!mine) return;
  const list = await api.cases({ tab: 'mine', limit: MOST });
  const whole = await Promise.all(list.items.map((c) => api.case(c.id).catch(() => c)));
  if (mine !== owner.value) return;
  tasks.value = whole;
  loaded.value = true;
  await (await store()).setTasks(mine, whole);
}

export function putTask(case_: Case): void {
  const rest = tasks.value.filter((c) => c.id !== case_.id);
  tasks.value = case_.mine ? [...rest, case_] : rest;
  void store().then((held) => held.setTasks(owner.value, tasks.value));
}

const sender: Sender = {
  bring: async (photo) => (await fieldApi.bring(new File([photo.data], photo.name, { type: photo.type }))).sha256,
  step: (entry, body) => fieldApi.step(entry.case_id, entry.path, body, entry.id),
  report: async (entry, body) => (await fieldApi.report(body, entry.id)).case?.number ?? null,
  read: (id) => api.case(id),
  events: async (id) => (await api.events(id)).items,
};

let flushing: Promise<void> | null = null;
/** One sending at a time, in all windows of the phone. */
export function sendAll(): Promise<void> {
  flushing ??= locked(async () => {
    const done = await flush(await store(), owner.value, session.value?.post ?? '', sender);
    for (const { entry, after } of done.sent) {
      if (after) putTask(after);
      say(words.sent(entry.word));
    }
    await reread();
  }).finally(() => {
    flushing = null;
  });
  return flushing;
}
async function locked(work: () => Promise<void>): Promise<void> {
  if (!owner.value) return;
  if (navigator.locks) await navigator.locks.request('pianqu-field-outbox', work);
  else await work();
}

/** Into the outbox, and off at once if there is a line. */
export async function submit(what: { case_: Case | null; path: string; word: string; title: string; body: Record<string, unknown>; draft: string | null }): Promise<void> {
  const entry: Entry = {
    id: crypto.randomUUID(),
    owner: owner.value,
    case_id: what.case_?.id ?? '',
    title: what.title,
    path: what.path,
    word: what.word,
    body: JSON.parse(JSON.stringify(what.body)) as Record<string, unknown>,
    version: what.case_?.version ?? null,
    state: 'waiting',
    lines: [],
    at: serverNow(),
    number: null,
  };
  await (await store()).enqueue(entry, what.draft);
  await reread();
  if (offline.value) say(words.queued);
  await sendAll();
}

export function draftOf(caseId: string, path: string): Draft | null {
  return drafts.value.find((d) => d.id === draftId(owner.value, caseId, path)) ?? null;
}
export async function saveFields(caseId: string, path: string, fields: Record<string, unknown>): Promise<void> {
  const plain = JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
  await (await store()).saveDraft({ id: draftId(owner.value, caseId, path), owner: owner.value, case_id: caseId, path, fields: plain, at: serverNow() });
  await reread();
}
export async function dropDraft(caseId: string, path: string): Promise<void> {
  await (await store()).dropDraft(draftId(owner.value, caseId, path));
  await reread();
}

/** Taken as it is, with what the camera wrote of time and place. */
export async function keepPhoto(caseId: string, path: string, kind: string, file: File): Promise<void> {
  const id = draftId(owner.value, caseId, path);
  const data = await file.arrayBuffer();
  const held = draftOf(caseId, path) ?? { id, owner: owner.value, case_id: caseId, path, fields: {}, at: serverNow() };
  const photo: Photo = {
    id: crypto.randomUUID(), owner: owner.value, of: id, kind, name: file.name || `${kind}.jpg`, type: file.type || 'image/jpeg',
    data, taken_at: serverNow(), sha256: null,
  };
  await (await store()).addPhoto(photo, JSON.parse(JSON.stringify(held)) as Draft);
  await reread();
}
export async function dropPhoto(id: string): Promise<void> {
  await (await store()).dropPhoto(id);
  await reread();
}

/** On a conflict the person decides: send to the case as it stands now, write anew, or let go. */
export async function resend(entry: Entry): Promise<void> {
  let version = entry.version;
  if (entry.case_id) version = (await api.case(entry.case_id)).version;
  await (await store()).setEntry({ ...entry, version, state: 'waiting', lines: [] });
  await sendAll();
}
export async function backToDraft(entry: Entry): Promise<void> {
  const id = draftId(entry.owner, entry.case_id, entry.path);
  const { attachments: _gone, version: _old, ...fields } = entry.body;
  await (await store()).reopen(entry, { id, owner: entry.owner, case_id: entry.case_id, path: entry.path, fields, at: entry.at });
  await reread();
}
export async function discard(entry: Entry): Promise<void> {
  await (await store()).dropEntry(entry.id);
  await reread();
  await sendAll();
}

export async function leave(): Promise<void> {
  const mine = owner.value;
  await (await store()).forget(mine);
  await api.logOut().catch((cause: unknown) => {
    if (!(cause instanceof ApiProblem)) throw cause; // off line the phone forgets, the server's session runs out
  });
  location.assign('/field');
}

/** What a row says of what is not sent: the second of the three places. */
export function unsentOf(caseId: string): { text: string; grave: boolean } | null {
  const waits = unsent.value.filter((e) => e.case_id === caseId);
  const bad = waits.find((e) => e.state !== 'waiting');
  if (bad) return { text: words.stuckAt(bad.word), grave: true };
  const last = waits.at(-1);
  if (last) return { text: words.waitAt(last.word, hourMinute(last.at)), grave: false };
  const draft = drafts.value.filter((d) => d.case_id === caseId).sort((a, b) => b.at - a.at)[0];
  return draft ? { text: words.draftAt(DRAFTED[draft.path] ?? '', hourMinute(draft.at)), grave: false } : null;
}
const DRAFTED: Record<string, string> = { feedback: '处置结果', 'verification-result': '核查结果', 'help-request': '支援请求' };
export { now };
