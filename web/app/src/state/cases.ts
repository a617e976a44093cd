/** The cases of the screen: all open ones, the refused ones when asked for, and the one that is open. */
import { computed, reactive, ref, shallowRef, triggerRef } from 'vue';
import { api, ApiProblem, type CaseFilter } from '../api/client';
import type { Case, CaseEvent, Change, Summary } from '../api/types';
import { concerns, inTab, onDesk, TABS, type Tab } from '../pure/queue';
import { readClock } from '../pure/clocks';
import { firstOf, readLarge, tabInSight, touch } from './large';
import { desk } from './session';
import { slowNow } from './now';

const PAGE = 1_000;
const MOST = 10_000; // beyond this the tabs trust the server's counts
const MANY = 24; // so many changes at once are read as one list
const AT_ONCE = 6;

export const cases = shallowRef(new Map<string, Case>());
export const loaded = ref(false);
export const complete = ref(true);
export const summary = shallowRef<Summary | null>(null);

export const selectedId = ref<string | null>(null);
export const selected = shallowRef<Case | null>(null);
export const events = shallowRef<CaseEvent[]>([]);

export interface Arrival {
  id: string;
  at: number;
}
/** Ids of cases that just came in, for the one drop on the map. */
export const arrivals = ref<Arrival[]>([]);

export interface Record_ {
  id: string;
  number: string;
  title: string;
  what: string;
  at: string;
}
export const records = reactive<Record_[]>([]);

export const mine = computed(() => [...cases.value.values()].filter((c) => concerns(c, desk.value)));

/** Counted here while all is here, so that tabs, numbers and list agree to the second. */
export const counts = computed<Record<Tab, number>>(() => {
  const at = slowNow.value;
  const told = summary.value?.tabs ?? {};
  const count = (tab: Tab): number => mine.value.filter((c) => inTab(c, tab, at, desk.value)).length;
  return Object.fromEntries(
    TABS.map((tab) => [tab, complete.value ? count(tab) : (told[tab] ?? count(tab))]),
  ) as Record<Tab, number>;
});

/** The four live numbers. */
export const numbers = computed(() => {
  const at = slowNow.value;
  const here = mine.value.filter((c) => onDesk(c, desk.value));
  const tone = (wanted: string): number => here.filter((c) => readClock(c.clock, at).tone === wanted).length;
  const told = summary.value;
  const closed = told?.closed_today ?? 0;
  return complete.value || !told
    ? { todo: counts.value.todo, amber: tone('warn'), red: tone('late'), closed }
    : { todo: told.todo, amber: told.amber, red: told.red, closed };
});

/** Another post sees other cases: nothing of the last one's stays. */
export function reset(): void {
  cases.value = new Map();
  [selectedId.value, selected.value, events.value, summary.value] = [null, null, [], null];
  [loaded.value, complete.value, arrivals.value] = [false, true, []];
  records.splice(0);
}

/** Loads every case that is open and the refused ones of late; keeps what is selected. */
export async function loadAll(): Promise<void> {
  const fresh = new Map<string, Case>();
  const large = await readLarge();
  const [, ...whole] = await Promise.all([
    loadSummary(),
    large ? readFirst(fresh, null) : readPages(fresh, { open: true }, MOST),
    readPages(fresh, { tab: 'rejected' }, PAGE),
    ...(large && tabInSight.value ? [readFirst(fresh, tabInSight.value)] : []),
  ]);
  // What the stream brought while the list was on its way is newer than the list.
  for (const [id, held] of cases.value) {
    if ((fresh.get(id)?.version ?? Infinity) < held.version) fresh.set(id, held);
  }
  complete.value = whole.every(Boolean);
  cases.value = fresh;
  loaded.value = true;
  if (selectedId.value) await loadSelected(selectedId.value);
}

async function readFirst(into: Map<string, Case>, tab: Tab | null): Promise<boolean> {
  for (const c of await firstOf(tab, desk.value)) into.set(c.id, c);
  return false;
}

/** Beyond the threshold a queue holds what was read for it. */
export async function loadTab(tab: Tab): Promise<void> {
  tabInSight.value = tab;
  await readFirst(cases.value, tab);
  triggerRef(cases);
}

/** Cases of a stack that are not here yet. */
export async function fetchThese(ids: string[]): Promise<void> {
  await Promise.all(ids.filter((id) => !cases.value.has(id)).map(refetch));
}

async function readPages(into: Map<string, Case>, filter: CaseFilter, most: number): Promise<boolean> {
  let cursor: string | undefined;
  for (let read = 0; read < most; ) {
    const page = await api.cases({ ...filter, limit: PAGE, ...(cursor ? { cursor } : {}) });
    for (const c of page.items) into.set(c.id, c);
    if (!page.next || page.items.length === 0) return true;
    cursor = page.next;
    read += page.items.length;
  }
  return false;
}

export async function loadSummary(): Promise<void> {
  summary.value = await api.summary(desk.value);
}

let summaryTimer: ReturnType<typeof setTimeout> | undefined;
function summarySoon(): void {
  summaryTimer ??= setTimeout(() => {
    summaryTimer = undefined;
    loadSummary().catch(() => undefined); // the next change asks again
  }, 1_000);
}

/** A burst of changes from the stream. */
export async function hear(changes: Change[]): Promise<void> {
  const ids = [...new Set(changes.map((c) => c.case).filter((id): id is string => Boolean(id)))];
  summarySoon();
  if (ids.length > MANY) {
    touch(null);
    return loadAll();
  }
  const before = new Map(cases.value);
  const queue = [...ids];
  const work = async (): Promise<void> => {
    for (let id = queue.shift(); id; id = queue.shift()) await refetch(id);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work));
  // Where it was, is known of what was here; of what was not, only that it may have been anywhere.
  const places = ids.flatMap((id) => [before.get(id)?.point, cases.value.get(id)?.point].filter((p) => p != null));
  touch(ids.every((id) => before.has(id) || cases.value.get(id)?.version === 1) ? places : null);
  const came = ids.filter((id) => !before.has(id) && cases.value.has(id));
  if (came.length) arrivals.value = [...arrivals.value.slice(-20), ...came.map((id) => ({ id, at: Date.now() }))];
  for (const change of changes) record(change);
}

function record(change: Change): void {
  const case_ = change.case ? cases.value.get(change.case) : undefined;
  if (!case_ || !concerns(case_, desk.value)) return;
  const what = case_.status_label;
  if (records.some((r) => r.id === case_.id && r.what === what)) return;
  records.unshift({ id: case_.id, number: case_.number, title: titleOf(case_), what, at: case_.updated_at });
  records.splice(12);
}

async function refetch(id: string): Promise<void> {
  try {
    put(await api.case(id));
    if (id === selectedId.value) events.value = (await api.events(id)).items;
  } catch (cause) {
    if (cause instanceof ApiProblem && cause.status === 404) {
      cases.value.delete(id);
      triggerRef(cases);
    }
    // any other trouble: the stream's state says so, and the resync brings the case
  }
}

/** Takes in a newer state of a case; an older one that arrives late is dropped. */
export function put(case_: Case): void {
  const held = cases.value.get(case_.id);
  if (held && held.version > case_.version) return;
  cases.value.set(case_.id, case_);
  triggerRef(cases);
  if (case_.id === selectedId.value && (selected.value?.version ?? 0) <= case_.version) {
    selected.value = case_.assignment === undefined ? { ...case_, assignment: selected.value?.assignment ?? null } : case_;
  }
}

export async function select(id: string | null): Promise<void> {
  selectedId.value = id;
  if (id === null) {
    selected.value = null;
    events.value = [];
    return;
  }
  const held = cases.value.get(id);
  if (selected.value?.id !== id) {
    selected.value = held ?? null;
    events.value = [];
  }
  await loadSelected(id);
}

export async function loadSelected(id: string): Promise<void> {
  const [whole, history] = await Promise.all([api.case(id), api.events(id)]);
  put(whole);
  if (selectedId.value !== whole.id && selectedId.value !== id) return; // another was opened meanwhile
  selectedId.value = whole.id;
  selected.value = whole;
  events.value = history.items;
}

export function titleOf(case_: { title: string | null; description?: string; number: string }): string {
  return case_.title?.trim() || (case_.description ?? '').trim().split('\n')[0]?.slice(0, 40) || case_.number;
}
