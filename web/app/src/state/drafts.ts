/** What somebody has typed and not yet sent, per case and form. Esc, a lost race, an ended session or a reload never lose it. */
import { reactive, watch } from 'vue';
import { keep, readKept } from './kept';

const MOST = 60;
const drafts = reactive<Record<string, Record<string, unknown>>>(readKept('drafts', {}));

watch(drafts, (all) => {
  const names = Object.keys(all);
  for (const name of names.slice(0, Math.max(0, names.length - MOST))) delete all[name];
  keep('drafts', all);
});

/** The draft of one form; created empty. Bind inputs to its fields. */
export function draftOf<T extends Record<string, unknown>>(name: string, empty: T): T {
  const held = drafts[name];
  if (held) {
    for (const [field, value] of Object.entries(empty)) held[field] ??= value;
    return held as T;
  }
  // A copy of lists, too: the proposal of a form is nobody's to write in.
  drafts[name] = JSON.parse(JSON.stringify(empty)) as Record<string, unknown>;
  return drafts[name] as T;
}

/** What is held of a form, if anything. */
export function heldDraft(name: string): Record<string, unknown> | null {
  return drafts[name] ?? null;
}

export function dropDraft(name: string): void {
  delete drafts[name];
}

/** Whether something was typed beyond what the form proposes. */
export function hasDraft(name: string, fields: string[], start: Record<string, unknown> = {}): boolean {
  const held = drafts[name];
  return held !== undefined && fields.some((f) => String(held[f] ?? '').trim() !== String(start[f] ?? '').trim());
}
