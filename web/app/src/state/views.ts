/** Views of the queue that an account has named at a post: kept in this browser, as the widths of the columns are. */
import { computed, ref } from 'vue';
import type { Filter, Order, Tab } from '../pure/queue';
import { keep, readKept } from './kept';
import { session } from './session';

export interface View {
  name: string;
  tab: Tab;
  filter: Filter;
  order: Order;
}
export const MOST_VIEWS = 30;
const LONGEST = 20;

const turn = ref(0);
const name = computed(() => `views.${session.value?.account ?? ''}.${session.value?.post ?? ''}`);
export const views = computed<View[]>(() => {
  void turn.value;
  const held = readKept<View[]>(name.value, []);
  return Array.isArray(held) ? held : [];
});

function write(next: View[]): void {
  keep(name.value, next);
  turn.value += 1;
}
const clean = (wanted: string): string => wanted.trim().slice(0, LONGEST);

/** Saves under a name; the same name is the same view, changed. */
export function saveView(view: View): boolean {
  const called = clean(view.name);
  if (!called) return false;
  const rest = [...views.value];
  const at = rest.findIndex((v) => v.name === called);
  if (at < 0 && rest.length >= MOST_VIEWS) return false;
  rest.splice(at < 0 ? rest.length : at, at < 0 ? 0 : 1, { ...view, name: called });
  write(rest);
  return true;
}
export function renameView(at: number, to: string): void {
  const called = clean(to);
  if (!called || views.value.some((v, i) => i !== at && v.name === called)) return;
  write(views.value.map((v, i) => (i === at ? { ...v, name: called } : v)));
}
export function dropView(at: number): View | undefined {
  const gone = views.value[at];
  write(views.value.filter((_, i) => i !== at));
  return gone;
}
/** Puts one back where it was. */
export function restoreView(at: number, view: View): void {
  const rest = [...views.value];
  rest.splice(at, 0, view);
  write(rest);
}
