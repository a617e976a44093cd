/** What somebody has typed and not yet sent, per case and form. Esc, a lost race or a reload never lose it. */
import { reactive, watch } from 'vue';
import { keep, readKept } from './kept';

type Draft = Record<string, string>;

const MOST = 60;
const drafts = reactive<Record<string, Draft>>(readKept('drafts', {}));

watch(drafts, (all) => {
  const names = Object.keys(all);
  for (const name of names.slice(0, Math.max(0, names.length - MOST))) delete all[name];
  keep('drafts', all);
});

/** The draft of one form; created empty. Bind inputs to its fields. */
export function draftOf(name: string, empty: Draft): Draft {
  const held = drafts[name];
  if (held) {
    for (const [field, value] of Object.entries(empty)) held[field] ??= value;
    return held;
  }
  drafts[name] = { ...empty };
  return drafts[name];
}

export function dropDraft(name: string): void {
  delete drafts[name];
}

export function hasDraft(name: string, fields: string[]): boolean {
  const held = drafts[name];
  return held !== undefined && fields.some((f) => (held[f] ?? '').trim() !== '');
}
