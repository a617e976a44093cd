/** What the map is being used for, shared between the map and the forms beside it. */
import { reactive, ref, shallowRef } from 'vue';
import type { Around } from '../api/around';
import type { Assignment, LonLat, Reversed } from '../api/types';

export type Tool = 'none' | 'whose' | 'new' | 'location' | 'measure' | 'select';
export type RightPanel = 'case' | 'new' | 'unread';

let serial = 0;
export const tool = ref<Tool>('none');
export const rightPanel = ref<RightPanel>('case');

/** Ids of the cases inside the shape drawn on the map, while the list shows only those; else null. */
export const areaSelection = shallowRef<Set<string> | null>(null);

/** Which cases the map follows by itself; off as soon as the operator moves it. */
export type Follow = 'off' | 'new' | 'selected';
export const follow = ref<Follow>('off');
export function nextFollow(): void {
  follow.value = ({ off: 'new', new: 'selected', selected: 'off' } as const)[follow.value];
}

/** A click on the map for the form that waits for one. */
export interface Picked extends LonLat {
  accuracy_m: number;
  serial: number;
}
export const picked = shallowRef<Picked | null>(null);

/** Where the form's coordinates fall, as the server reads them. */
export const preview = shallowRef<{ at: LonLat; radius_m: number | null } | null>(null);

export const whose = reactive<{
  at: LonLat | null;
  accuracy_m: number;
  /** What is written over the answer: the question, or the name of a place that was looked for. */
  title: string;
  answer: Assignment | null;
  around: Reversed | null;
  trouble: string;
}>({ at: null, accuracy_m: 20, title: '', answer: null, around: null, trouble: '' });

/** Who and what is near the place that is asked about; null where nobody may be told. */
export const forces = shallowRef<Around | null>(null);

/** A place that somebody looked for by its name: the map goes there. */
export const soughtPlace = shallowRef<{ at: LonLat | null; line: LonLat[]; accuracy_m: number; title: string; serial: number } | null>(null);
/** What was looked for last; it stands there again. */
export const soughtText = ref('');
export function goTo(place: { at: LonLat | null; line: LonLat[]; accuracy_m: number; title: string }): void {
  serial += 1;
  soughtPlace.value = { ...place, serial };
}

/** Which candidate of the open case is chosen; the map hatches it stronger. */
export const chosen = ref(0);

/** Told when the operator opened a case from the list: the map shows it if it is out of sight. */
export const bringIntoView = shallowRef<{ at: LonLat; serial: number } | null>(null);
export function showPlace(at: LonLat | null): void {
  if (!at) return;
  serial += 1;
  bringIntoView.value = { at, serial };
}

export function pick(at: LonLat, accuracy_m: number): void {
  serial += 1;
  picked.value = { ...at, accuracy_m, serial };
}

export function openNewCase(at: (LonLat & { accuracy_m: number }) | null = null): void {
  rightPanel.value = 'new';
  if (at) pick(at, at.accuracy_m);
  else tool.value = 'new';
}

export function endTool(): void {
  tool.value = 'none';
  whose.at = null;
  whose.answer = null;
  soughtPlace.value = null;
}
