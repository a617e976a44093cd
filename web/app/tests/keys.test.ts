import { describe, expect, it } from 'vitest';
import { grouped, namesOf, sheetOf } from '../src/pure/keys';
import { words } from '../src/words';
import { queueWords } from '../src/words/queue';

describe('the help sheet', () => {
  it('reads which keys a line speaks of', () => {
    expect(namesOf('J K')).toEqual(['j', 'k']);
    expect(namesOf('G L')).toEqual(['g l']);
    expect(namesOf('G 1–3')).toEqual(['g 1', 'g 2', 'g 3']);
    expect(namesOf('Shift J Shift K')).toEqual(['Shift j', 'Shift k']);
    expect(namesOf('Esc')).toEqual(['Esc']);
  });

  it('shows what is answered to, nothing else, and each once', () => {
    const lines = [...grouped(words.help.keys), { group: 'queue', rows: queueWords.keys }, ...grouped([['/', '又一次']])];
    const { groups, untold } = sheetOf(lines, new Set(['/', ' ', 'q']));
    expect(groups.flatMap((g) => g.rows.map(([keys]) => keys))).toEqual(['/', 'Space', 'Ctrl Enter']);
    expect(untold).toEqual(['q']);
  });
});
