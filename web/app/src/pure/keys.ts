/** The lines of the help sheet: of the keys that something answers to now, and never of others. */
export type Line = [keys: string, what: string];
export interface Group {
  group: string;
  rows: Line[];
}

/** The handlers that a line speaks of: 'J K' two, 'G L' one, '1–5' five, 'Shift A' one, 'Shift J Shift K' two. */
export function namesOf(keys: string): string[] {
  const names: string[] = [];
  const parts = keys.split(' ');
  for (let i = 0; i < parts.length; i += 1) {
    const part = parts[i] ?? '';
    const next = parts[i + 1];
    if ((part === 'Shift' || part === 'Ctrl') && next !== undefined) {
      names.push(`${part} ${lower(next)}`);
      i += 1;
    } else if (part === 'G' && next !== undefined) {
      names.push(...each(next).map((name) => `g ${name}`));
      i += 1;
    } else names.push(...each(part));
  }
  return names;
}

function lower(key: string): string {
  if (key === 'Space' || key === '空格') return ' ';
  return key.length === 1 ? key.toLowerCase() : key;
}
function each(key: string): string[] {
  const range = /^(\d)–(\d)$/.exec(key);
  if (!range) return [lower(key)];
  const [from, to] = [Number(range[1]), Number(range[2])];
  return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
}

/** Keys of a form, heard by the form itself. */
const OWN = new Set(['Ctrl Enter']);

/** Lines in their groups, without those nothing answers to, and the names that no line tells of. */
export function sheetOf(lines: readonly Group[], held: ReadonlySet<string>): { groups: Group[]; untold: string[] } {
  const told = new Set<string>();
  const written = new Set<string>();
  const groups: Group[] = [];
  for (const { group, rows } of lines) {
    const live = rows.filter(([keys]) => {
      const names = namesOf(keys);
      const fresh = names.some((n) => OWN.has(n) || held.has(n)) && !written.has(keys);
      if (fresh) names.forEach((n) => told.add(n));
      if (fresh) written.add(keys);
      return fresh;
    });
    if (!live.length) continue;
    const same = groups.find((g) => g.group === group);
    if (same) same.rows.push(...live);
    else groups.push({ group, rows: live });
  }
  return { groups, untold: [...held].filter((n) => !told.has(n)) };
}

/** Which group the lines of the word list belong to. */
const GROUP: Record<string, string> = {
  '/': 'queue', 'J K': 'queue', Enter: 'queue', '1–5': 'case', A: 'case', D: 'case', X: 'case', L: 'case', 'Ctrl Enter': 'case',
  N: 'map', W: 'map', H: 'map', F: 'map', 'G L': 'map', '[ ]': 'page', Esc: 'page', '?': 'page',
};
export function grouped(rows: readonly Line[]): Group[] {
  return rows.map((row) => ({ group: GROUP[row[0]] ?? 'other', rows: [row] }));
}
