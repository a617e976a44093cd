/** What the phone keeps and sends: nothing lost at a kill, nothing sent twice, a conflict left to the person. */
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, describe, expect, it } from 'vitest';
import 'fake-indexeddb/auto';
import { ApiProblem } from '../src/api/client';
import type { Case, CaseEvent } from '../src/api/types';
import { flush, type Sender } from '../src/field/outbox';
import { draftId, FieldStore, type Entry, type Photo } from '../src/field/store';
import { distanceM, isWithin, isWorthSending, ordered, stepsNow, windFrom } from '../src/pure/field';
import { made } from './make';

const OWNER = 'a|station-1';
const POST = 'station-1';
const problem = (status: number, kind: string): ApiProblem => new ApiProblem({ type: `/problems/${kind}`, title: kind, status });
const entry = (id: string, told: Partial<Entry> = {}): Entry => ({
  id, owner: OWNER, case_id: 'c1', title: 't', path: 'feedback', word: 'w', body: { text: 'done' }, version: 3, state: 'waiting', lines: [],
  at: 1, number: null, ...told,
});
const photo = (id: string, of: string): Photo => ({
  id, owner: OWNER, of, kind: 'after', name: `${id}.jpg`, type: 'image/jpeg', data: new Uint8Array([1, 2, Number(id.slice(1))]).buffer, taken_at: Number(id.slice(1)), sha256: null,
});

let factory: IDBFactory;
let store: FieldStore;
beforeEach(async () => {
  factory = new IDBFactory();
  store = await FieldStore.open(factory);
});
async function restart(): Promise<void> {
  store.close();
  store = await FieldStore.open(factory);
}

class Server implements Sender {
  brought: string[] = [];
  done: { id: string; body: Record<string, unknown> }[] = [];
  fail: (what: string) => ApiProblem | null = () => null;
  case_ = { ...made({ id: 'c1' }), version: 3, steps: [{ command: 'x', path: 'feedback', button: 'x' }] } as Case;
  since: CaseEvent[] = [];
  private check(what: string): void {
    const trouble = this.fail(what);
    if (trouble) throw trouble;
  }
  async bring(one: Photo): Promise<string> {
    this.check(`bring ${one.id}`);
    this.brought.push(one.id);
    return `sha-${one.id}`;
  }
  async step(one: Entry, body: Record<string, unknown>): Promise<Case> {
    this.check(`step ${one.id}`);
    if (body.version !== this.case_.version) throw problem(409, 'version-conflict');
    if (!this.done.some((d) => d.id === one.id)) this.done.push({ id: one.id, body });
    return this.case_;
  }
  async report(one: Entry, body: Record<string, unknown>): Promise<string> {
    this.check(`report ${one.id}`);
    this.done.push({ id: one.id, body });
    return '0311-0001';
  }
  async read(): Promise<Case> {
    return this.case_;
  }
  async events(): Promise<CaseEvent[]> {
    return this.since;
  }
}

describe('the store', () => {
  it('keeps drafts with their photos over a restart, each account its own', async () => {
    const id = draftId(OWNER, 'c1', 'feedback');
    const draft = { id, owner: OWNER, case_id: 'c1', path: 'feedback', fields: { text: 'half' }, at: 1 };
    await store.addPhoto(photo('p1', id), draft);
    await store.addPhoto(photo('p2', id), draft);
    await restart();
    expect((await store.drafts(OWNER))[0]?.fields).toEqual({ text: 'half' });
    expect(new Uint8Array((await store.photosOf(id))[1]!.data)).toEqual(new Uint8Array([1, 2, 2]));
    expect(await store.drafts('other|x')).toEqual([]);
    await store.forget(OWNER);
    expect([await store.drafts(OWNER), await store.photos(OWNER)]).toEqual([[], []]);
  });

  it('makes a sending of a draft in one go, and a draft of it again', async () => {
    const id = draftId(OWNER, 'c1', 'feedback');
    const draft = { id, owner: OWNER, case_id: 'c1', path: 'feedback', fields: {}, at: 1 };
    await store.addPhoto(photo('p1', id), draft);
    await store.enqueue(entry('e1'), id);
    expect([await store.drafts(OWNER), (await store.photosOf('e1')).length]).toEqual([[], 1]);
    await store.reopen(entry('e1'), draft);
    expect([await store.outbox(OWNER), (await store.photosOf(id)).length]).toEqual([[], 1]);
  });
});

describe('the outbox', () => {
  it('goes on after a kill between the photos and the step, and brings no photo twice', async () => {
    const server = new Server();
    await store.enqueue(entry('e1'), null);
    await store.addPhoto(photo('p1', 'e1'), { id: 'x', owner: OWNER, case_id: '', path: '', fields: {}, at: 0 });
    await store.addPhoto(photo('p2', 'e1'), { id: 'x', owner: OWNER, case_id: '', path: '', fields: {}, at: 0 });
    server.fail = (what) => (what === 'step e1' ? problem(0, 'no-answer') : null);
    expect((await flush(store, OWNER, POST, server)).stopped?.status).toBe(0);
    await restart();
    server.fail = () => null;
    expect((await flush(store, OWNER, POST, server)).sent).toHaveLength(1);
    expect(server.brought).toEqual(['p1', 'p2']);
    expect(server.done[0]?.body.attachments).toEqual([
      { sha256: 'sha-p1', kind: 'after', name: 'p1.jpg' },
      { sha256: 'sha-p2', kind: 'after', name: 'p2.jpg' },
    ]);
    expect([await store.outbox(OWNER), await store.photosOf('e1')]).toEqual([[], []]);
    expect((await flush(store, OWNER, POST, server)).sent).toEqual([]);
  });

  it('sends anew where only the house or the own post has moved the case on', async () => {
    const server = new Server();
    server.case_.version = 5;
    server.since = [{ version: 4, actor: 'courier' }, { version: 5, actor: POST }] as CaseEvent[];
    await store.enqueue(entry('e1'), null);
    expect((await flush(store, OWNER, POST, server)).sent).toHaveLength(1);
    expect(server.done[0]?.body.version).toBe(5);
  });

  it('keeps what another post has overtaken, and holds back what follows on that case', async () => {
    const server = new Server();
    server.case_.version = 4;
    server.since = [{ version: 4, actor: 'coordinator-140901' }] as CaseEvent[];
    await store.enqueue(entry('e1'), null);
    await store.enqueue(entry('e2', { at: 2 }), null);
    await store.enqueue(entry('e3', { at: 3, case_id: '', path: 'report', version: null }), null);
    await flush(store, OWNER, POST, server);
    expect((await store.outbox(OWNER)).map((e) => e.state)).toEqual(['conflict', 'waiting', 'sent']);
  });

  it('waits when log-in is over or the server is in trouble; says what was refused', async () => {
    const server = new Server();
    await store.enqueue(entry('e1'), null);
    for (const status of [401, 429, 503]) {
      server.fail = () => problem(status, 'x');
      expect((await flush(store, OWNER, POST, server)).stopped?.status).toBe(status);
    }
    server.fail = () => problem(422, 'bad');
    await flush(store, OWNER, POST, server);
    expect((await store.outbox(OWNER))[0]).toMatchObject({ state: 'refused', lines: ['bad'] });
  });
});

describe('what the phone works out', () => {
  const here = { lon: 121.26, lat: 31.39 };
  it('measures, names the direction and knows the radius with its slack', () => {
    const north = { lon: 121.26, lat: 31.391 };
    expect(Math.round(distanceM(here, north))).toBe(111);
    expect(windFrom(here, north)).toBe('北');
    const target = { point: here, radius_m: 50, appointment_at: null, place: '' };
    expect(isWithin({ ...north, accuracy_m: 12, at: 0 }, target)).toBe(false);
    expect(isWithin({ ...north, accuracy_m: 70, at: 0 }, target)).toBe(true);
    const last = { ...here, accuracy_m: 5, at: 0 };
    expect(isWorthSending(last, { ...here, accuracy_m: 5, at: 5_000 })).toBe(false);
    expect(isWorthSending(last, { ...north, accuracy_m: 5, at: 5_000 })).toBe(true);
  });
  it('orders by the clock and offers what a waiting step leads to', () => {
    const step = (path: string) => ({ command: path, path, button: path });
    const one = { ...made({ id: '1' }), steps: [step('signing'), step('station-return'), step('help-request')] } as Case;
    expect(stepsNow(one, [], () => true)).toEqual({ primary: 'signing', more: ['station-return'] });
    expect(stepsNow(one, ['signing'], () => true).primary).toBe('disposal');
    expect(ordered([{ clock: null, received_at: 'a' }, { clock: null, received_at: 'b' }], 0)[0]?.received_at).toBe('b');
  });
});
