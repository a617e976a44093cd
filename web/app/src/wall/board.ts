/** The wall's own small memory: the open cases of the desk, a few lines of what happened, one number of the day. */
import { computed, ref, shallowRef, triggerRef } from 'vue';
import { api, ApiProblem } from '../api/client';
import type { Case, Change } from '../api/types';
import { belongs, countOf, recordOf, withRecords, type WallRecord } from '../pure/wall';
import { titleOf } from '../state/cases';
import { now, slowNow } from '../state/now';
import { desk } from '../state/session';
import { sayEvent } from '../words/wall';

const PAGE = 1_000;
const MOST = 10_000; // beyond this the numbers are the server's
const MANY = 24; // so many changes at once are read as one list
const AT_ONCE = 6;
export const LINES_KEPT = 24;
const SHANGHAI_MS = 8 * 3_600_000;

export const board = shallowRef(new Map<string, Case>());
export const records = shallowRef<WallRecord[]>([]);
const closedToday = ref(0);
const told = shallowRef<{ todo: number; amber: number; red: number } | null>(null);

export const numbers = computed(() => ({
  ...(told.value ?? countOf(board.value.values(), slowNow.value)),
  closed: closedToday.value,
}));

/** The day in 上海: at midnight 今日办结 begins anew. */
export const today = computed(() => Math.floor((now.value + SHANGHAI_MS) / 86_400_000));

export async function readDay(): Promise<void> {
  const summary = await api.summary(desk.value);
  closedToday.value = summary.closed_today;
  if (told.value) told.value = summary;
}

/** Everything anew; what the stream brought meanwhile is newer and stays. */
export async function readBoard(): Promise<void> {
  const fresh = new Map<string, Case>();
  let cursor: string | undefined;
  let whole = false;
  while (!whole && fresh.size < MOST) {
    const page = await api.cases({ open: true, desk: desk.value, limit: PAGE, ...(cursor ? { cursor } : {}) });
    for (const c of page.items) if (belongs(c, desk.value)) fresh.set(c.id, c);
    whole = !page.next || page.items.length === 0;
    cursor = page.next ?? undefined;
  }
  for (const [id, held] of board.value) {
    const c = fresh.get(id);
    if (c && c.version < held.version) fresh.set(id, held);
  }
  board.value = fresh;
  told.value = whole ? null : { todo: 0, amber: 0, red: 0 };
  await readDay();
  // What happened while nobody was told is shown by its state: all of it at first, later what is newer than the last line.
  const last = records.value[0]?.at ?? '';
  const missed = lately(fresh.values()).filter((r) => Date.parse(r.at) > (Date.parse(last) || 0));
  if (missed.length) records.value = withRecords(records.value, missed, LINES_KEPT);
}

/** Before the first event is heard: what changed last, by its state. */
function lately(cases: Iterable<Case>): WallRecord[] {
  const newest = [...cases].sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1)).slice(0, LINES_KEPT);
  return newest.map((c) => ({ key: `${c.id}-${c.version}`, at: c.updated_at, title: titleOf(c), what: c.status_label, tone: 'none' }));
}

let dayTimer: ReturnType<typeof setTimeout> | undefined;
function readDaySoon(): void {
  dayTimer ??= setTimeout(() => {
    dayTimer = undefined;
    readDay().catch(() => undefined); // the next change asks again
  }, 1_000);
}

/** A burst of changes from the stream. */
export async function hear(changes: Change[]): Promise<void> {
  const ofCases = changes.filter((c): c is Change & { case: string } => c.kind === 'case' && Boolean(c.case));
  if (!ofCases.length) return;
  readDaySoon();
  const ids = [...new Set(ofCases.map((c) => c.case))];
  const asked = ids.length > MANY ? ids.slice(-LINES_KEPT) : ids;
  if (ids.length > MANY) await readBoard();
  const seen = await readCases(asked);
  triggerRef(board);
  const fresh = ofCases.flatMap((change) => {
    const case_ = seen.get(change.case);
    const record = case_ ? recordOf(change, case_, titleOf(case_), sayEvent) : null;
    return record ? [record] : [];
  });
  if (fresh.length) records.value = withRecords(records.value, fresh.reverse(), LINES_KEPT);
}

async function readCases(ids: string[]): Promise<Map<string, Case>> {
  const seen = new Map<string, Case>();
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id; id = queue.shift()) {
      const case_ = await api.case(id).catch((cause: unknown) => (cause instanceof ApiProblem && cause.status === 404 ? null : undefined));
      if (case_ === undefined) continue; // the line broke: the resync brings it
      if (case_ && belongs(case_, desk.value)) put(case_);
      else board.value.delete(id);
      if (case_ && (desk.value === null || case_.desk === null || case_.desk === desk.value)) seen.set(id, lean(case_));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, queue.length) }, work));
  return seen;
}

function put(case_: Case): void {
  const held = board.value.get(case_.id);
  if (!held || held.version <= case_.version) board.value.set(case_.id, lean(case_));
}

/** A single case comes with its whole work and explanation; the wall shows none of that. */
function lean(case_: Case): Case {
  return { ...case_, description: '', assignment: null, work: null, stages: null, steps: [], refusals: [] };
}
