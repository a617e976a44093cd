/**
 * Sends what waits, in the order it was written. Sending twice is safe: a photo is known by its content, a step by its
 * Idempotency-Key. If the case has moved on by the hand of another post, the sending stops and the person decides.
 */
import { ApiProblem } from '../api/client';
import type { Case, CaseEvent } from '../api/types';
import type { Entry, FieldStore, Photo } from './store';

export interface Sender {
  bring(photo: Photo): Promise<string>;
  step(entry: Entry, body: Record<string, unknown>): Promise<Case>;
  report(entry: Entry, body: Record<string, unknown>): Promise<string | null>;
  read(caseId: string): Promise<Case>;
  events(caseId: string): Promise<CaseEvent[]>;
}

/** The house itself moves a case on all the time (送达, 计时); that is no other's decision. */
const HOUSE = ['courier', 'clock', 'router'];

/** Try again later: no line, log-in over, too many, server in trouble. */
function isPassing(problem: ApiProblem): boolean {
  return [0, 401, 408, 429].includes(problem.status) || problem.status >= 500 || problem.kind === 'csrf';
}

export interface Flushed {
  sent: { entry: Entry; after: Case | null }[];
  /** Why it stopped, if the line or the log-in was the reason. */
  stopped: ApiProblem | null;
}

export async function flush(store: FieldStore, owner: string, post: string, sender: Sender): Promise<Flushed> {
  const done: Flushed = { sent: [], stopped: null };
  const held = new Set<string>();
  for (const entry of await store.outbox(owner)) {
    if (entry.state === 'sent') continue;
    // What follows a stopped step on the same case was written in the belief that it went through.
    if (entry.state !== 'waiting' || (entry.case_id && held.has(entry.case_id))) {
      held.add(entry.case_id);
      continue;
    }
    try {
      const body = { ...entry.body, ...(await attachments(store, entry, sender)) };
      const after = await deliver(store, entry, body, post, sender);
      done.sent.push({ entry, after });
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) throw cause;
      if (isPassing(cause)) {
        done.stopped = cause;
        return done;
      }
      held.add(entry.case_id);
      const moved = cause.status === 409 || cause.status === 404;
      await store.setEntry({ ...entry, state: moved ? 'conflict' : 'refused', lines: cause.lines });
    }
  }
  return done;
}

async function attachments(store: FieldStore, entry: Entry, sender: Sender): Promise<Record<string, unknown>> {
  const photos = (await store.photosOf(entry.id)).sort((a, b) => a.taken_at - b.taken_at);
  if (!photos.length) return {};
  const refs = new Map<string, { sha256: string; kind: string; name: string }>();
  for (const photo of photos) {
    const sha256 = photo.sha256 ?? (await sender.bring(photo));
    if (!photo.sha256) await store.noteBrought(photo, sha256);
    refs.set(sha256, { sha256, kind: photo.kind, name: photo.name });
  }
  return { attachments: [...refs.values()] };
}

async function deliver(store: FieldStore, entry: Entry, body: Record<string, unknown>, post: string, sender: Sender): Promise<Case | null> {
  if (entry.path === 'report') {
    const number = await sender.report(entry, body);
    await store.setEntry({ ...entry, state: 'sent', number });
    return null;
  }
  let after: Case;
  try {
    after = await sender.step(entry, { ...body, version: entry.version });
  } catch (cause) {
    if (!(cause instanceof ApiProblem) || cause.kind !== 'version-conflict') throw cause;
    const fresh = await sender.read(entry.case_id);
    const since = (await sender.events(entry.case_id)).filter((e) => e.version > (entry.version ?? 0));
    const quiet = since.every((e) => HOUSE.includes(e.actor) || e.actor === post);
    if (!quiet || !fresh.steps.some((s) => s.path === entry.path)) throw cause;
    after = await sender.step(entry, { ...body, version: fresh.version });
  }
  await store.dropEntry(entry.id);
  return after;
}
