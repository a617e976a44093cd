/**
 * What the phone keeps: today's tasks to read off line, drafts with their photos, and what waits to be sent.
 * Everything belongs to one account in one post; nobody else's is ever read. Photos are kept byte by byte as taken
 * (with their time and place), and a draft turns into a sending in one transaction: a killed page loses neither.
 */
import type { Case } from '../api/types';

export type EntryState = 'waiting' | 'conflict' | 'refused' | 'sent';
export interface Photo {
  id: string;
  owner: string;
  /** The draft, later the sending, it belongs to. */
  of: string;
  kind: string;
  name: string;
  type: string;
  data: ArrayBuffer;
  taken_at: number;
  sha256: string | null;
}
export interface Draft {
  id: string;
  owner: string;
  case_id: string;
  path: string;
  fields: Record<string, unknown>;
  at: number;
}
export interface Entry {
  id: string;
  owner: string;
  case_id: string;
  title: string;
  /** The path of the step, or `report` for a new case. */
  path: string;
  word: string;
  body: Record<string, unknown>;
  version: number | null;
  state: EntryState;
  lines: string[];
  at: number;
  /** The new case's number, once there. */
  number: string | null;
}
interface KeptTask {
  id: string;
  owner: string;
  case_: Case;
}

const NAME = 'pianqu-field';
const STORES = ['tasks', 'drafts', 'photos', 'outbox', 'meta'] as const;
type StoreName = (typeof STORES)[number];

export function draftId(owner: string, caseId: string, path: string): string {
  return `${owner}|${caseId}|${path}`;
}

export class FieldStore {
  private constructor(private readonly db: IDBDatabase) {}

  static open(factory: IDBFactory = indexedDB, name = NAME): Promise<FieldStore> {
    return new Promise((resolve, reject) => {
      const ask = factory.open(name, 1);
      ask.onupgradeneeded = () => {
        for (const store of STORES) {
          const made = ask.result.createObjectStore(store, { keyPath: 'id' });
          if (store !== 'meta') made.createIndex('owner', 'owner');
          if (store === 'photos') made.createIndex('of', 'of');
        }
      };
      ask.onsuccess = () => resolve(new FieldStore(ask.result));
      ask.onerror = () => reject(ask.error ?? new Error('no store'));
    });
  }

  close(): void {
    this.db.close();
  }

  /** One transaction; resolves when it is on disk. */
  private act<T>(stores: StoreName[], mode: IDBTransactionMode, work: (tx: IDBTransaction) => IDBRequest<T> | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const tx = this.db.transaction(stores, mode, { durability: 'strict' });
      const asked = work(tx);
      tx.oncomplete = () => resolve(asked ? asked.result : (undefined as T));
      tx.onabort = () => reject(tx.error ?? new Error('aborted'));
      tx.onerror = () => reject(tx.error ?? new Error('failed'));
    });
  }
  private all<T>(store: StoreName, owner: string): Promise<T[]> {
    return this.act([store], 'readonly', (tx) => tx.objectStore(store).index('owner').getAll(owner) as IDBRequest<T[]>);
  }

  async meta<T>(id: string): Promise<T | null> {
    const row = await this.act([`meta`], 'readonly', (tx) => tx.objectStore('meta').get(id) as IDBRequest<{ value: T } | undefined>);
    return row?.value ?? null;
  }
  async setMeta(id: string, value: unknown): Promise<void> {
    await this.act(['meta'], 'readwrite', (tx) => (tx.objectStore('meta').put({ id, value }), null));
  }

  async tasks(owner: string): Promise<Case[]> {
    return (await this.all<KeptTask>('tasks', owner)).map((row) => row.case_);
  }
  /** Today's list as the server told it; of other accounts nothing stays. */
  async setTasks(owner: string, cases: Case[]): Promise<void> {
    await this.act(['tasks'], 'readwrite', (tx) => {
      const store = tx.objectStore('tasks');
      store.clear();
      for (const case_ of cases) store.put({ id: `${owner}|${case_.id}`, owner, case_ });
      return null;
    });
  }

  drafts(owner: string): Promise<Draft[]> {
    return this.all('drafts', owner);
  }
  async saveDraft(draft: Draft): Promise<void> {
    await this.act(['drafts'], 'readwrite', (tx) => (tx.objectStore('drafts').put(draft), null));
  }
  async dropDraft(id: string): Promise<void> {
    await this.act(['drafts', 'photos'], 'readwrite', (tx) => {
      tx.objectStore('drafts').delete(id);
      dropPhotosOf(tx, id);
      return null;
    });
  }

  photos(owner: string): Promise<Photo[]> {
    return this.all('photos', owner);
  }
  photosOf(id: string): Promise<Photo[]> {
    return this.act(['photos'], 'readonly', (tx) => tx.objectStore('photos').index('of').getAll(id) as IDBRequest<Photo[]>);
  }
  /** A photo is of a draft from the moment it is taken, also where nothing was written yet. */
  async addPhoto(photo: Photo, draft: Draft): Promise<void> {
    await this.act(['photos', 'drafts'], 'readwrite', (tx) => {
      tx.objectStore('photos').put(photo);
      tx.objectStore('drafts').put(draft);
      return null;
    });
  }
  async dropPhoto(id: string): Promise<void> {
    await this.act(['photos'], 'readwrite', (tx) => (tx.objectStore('photos').delete(id), null));
  }
  /** The server has it: after a kill it is not brought again. */
  async noteBrought(photo: Photo, sha256: string): Promise<void> {
    await this.act(['photos'], 'readwrite', (tx) => (tx.objectStore('photos').put({ ...photo, sha256 }), null));
  }

  async outbox(owner: string): Promise<Entry[]> {
    return (await this.all<Entry>('outbox', owner)).sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
  }
  /** The draft becomes a sending: draft, photos and sending change together or not at all. */
  async enqueue(entry: Entry, draft: string | null): Promise<void> {
    await this.act(['drafts', 'photos', 'outbox'], 'readwrite', (tx) => {
      tx.objectStore('outbox').put(entry);
      if (draft) {
        tx.objectStore('drafts').delete(draft);
        eachPhotoOf(tx, draft, (cursor) => cursor.update({ ...(cursor.value as Photo), of: entry.id }));
      }
      return null;
    });
  }
  async setEntry(entry: Entry): Promise<void> {
    await this.act(['outbox'], 'readwrite', (tx) => (tx.objectStore('outbox').put(entry), null));
  }
  async dropEntry(id: string): Promise<void> {
    await this.act(['outbox', 'photos'], 'readwrite', (tx) => {
      tx.objectStore('outbox').delete(id);
      dropPhotosOf(tx, id);
      return null;
    });
  }
  /** 退回草稿: the sending becomes a draft again, with its photos. */
  async reopen(entry: Entry, draft: Draft): Promise<void> {
    await this.act(['drafts', 'photos', 'outbox'], 'readwrite', (tx) => {
      tx.objectStore('outbox').delete(entry.id);
      tx.objectStore('drafts').put(draft);
      eachPhotoOf(tx, entry.id, (cursor) => cursor.update({ ...(cursor.value as Photo), of: draft.id }));
      return null;
    });
  }

  /** 退出登录: nothing of this account stays on the phone. */
  async forget(owner: string): Promise<void> {
    await this.act([...STORES], 'readwrite', (tx) => {
      for (const name of ['tasks', 'drafts', 'photos', 'outbox'] as const) {
        const ask = tx.objectStore(name).index('owner').openCursor(owner);
        ask.onsuccess = () => {
          ask.result?.delete();
          ask.result?.continue();
        };
      }
      tx.objectStore('meta').delete('who');
      return null;
    });
  }
}

function eachPhotoOf(tx: IDBTransaction, id: string, act: (cursor: IDBCursorWithValue) => void): void {
  const ask = tx.objectStore('photos').index('of').openCursor(id);
  ask.onsuccess = () => {
    const cursor = ask.result;
    if (!cursor) return;
    act(cursor);
    cursor.continue();
  };
}
function dropPhotosOf(tx: IDBTransaction, id: string): void {
  eachPhotoOf(tx, id, (cursor) => cursor.delete());
}
