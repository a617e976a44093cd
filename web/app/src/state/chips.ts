/** A filter in words: the chips over the queue, and the line of the access log when it is exported. */
import type { Filter } from '../pure/queue';
import { words } from '../words';
import { queueWords as w } from '../words/queue';

export interface Chip {
  key: string;
  name: string;
  without: Filter;
}

export function chipsOf(filter: Filter, grids: readonly { code: string; name: string }[]): Chip[] {
  const chips: Chip[] = [];
  const add = (key: string, name: string, change: Partial<Filter>): void => void chips.push({ key, name, without: { ...filter, ...change } });
  for (const code of filter.sources) add(`s.${code}`, words.sources[code] ?? code, { sources: filter.sources.filter((c) => c !== code) });
  for (const code of filter.classes) add(`c.${code}`, words.classes[code], { classes: filter.classes.filter((c) => c !== code) });
  for (const code of filter.grids) {
    add(`g.${code}`, grids.find((g) => g.code === code)?.name ?? code, { grids: filter.grids.filter((c) => c !== code) });
  }
  if (filter.received) {
    const name = filter.received === 'range' ? w.range(said(filter.from), said(filter.to)) : w.receivedIn[filter.received];
    add('received', name, { received: null, from: '', to: '' });
  }
  if (filter.due) add('due', w.dueIn[filter.due], { due: null });
  return chips;
}

function said(field: string): string {
  return field.replace('T', ' ');
}
