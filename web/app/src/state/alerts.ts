/** The alerts of this post, what of them is known, and how they sound until then. */
import { computed, ref, watch } from 'vue';
import { play } from '../alerts/sound';
import { acknowledged, alarmsOf, cardsOf, waiting, type Acknowledged, type Alarm } from '../pure/alerts';
import { alertWords } from '../words/alerts';
import { cases, loaded } from './cases';
import { keep, readKept } from './kept';
import { acknowledgeMail, loadMail, mail } from './mail';
import { slowNow } from './now';
import { desk, post, role } from './session';
import { say, sayProblem } from './toasts';

const REPEAT_MS = { urgent: 5_000, late: 20_000 };
const nameOf = (): string => `alerts.${post.value.id}`;
const known = ref<Acknowledged>({});
watch(() => post.value.id, () => (known.value = readKept(nameOf(), {})), { immediate: true });
// Another tab of the same browser has taken note.
window.addEventListener('storage', (e) => {
  if (e.key === `pianqu.${nameOf()}`) known.value = readKept(nameOf(), {});
});

const alarms = computed(() =>
  loaded.value ? alarmsOf(cases.value.values(), mail.value.items, slowNow.value, { role: role.value, desk: desk.value }) : [],
);
export const left = computed(() => waiting(alarms.value, known.value));
export const cards = computed(() => cardsOf(left.value));

/** 知道了: kept in this browser; the urgent message of the mailbox is acknowledged for the whole post, with name and time. */
export async function acknowledge(these: Alarm[]): Promise<void> {
  const ids = new Set(these.map((a) => a.case_.id));
  const urgent = new Set(these.filter((a) => a.kind === 'urgent').map((a) => a.case_.id));
  try {
    // First the record, then silence: an alert that could not be recorded stays. Its letter may be newer than the list.
    if (urgent.size) await loadMail();
    const letters = mail.value.items.filter((m) => m.needs_acknowledgement && !m.acknowledged_at && m.urgent && m.case_id && urgent.has(m.case_id));
    for (const letter of letters) await acknowledgeMail(letter);
    if (letters.length) say(alertWords.recorded(letters[0]?.case_number ?? '', letters.length));
  } catch (cause) {
    return sayProblem(cause);
  }
  known.value = acknowledged(known.value, alarms.value, ids, slowNow.value);
  keep(nameOf(), known.value);
}

/** Sounds at once when something comes, and again until it is known. Returns how to stop. */
export function startSounding(): () => void {
  let last = 0;
  const turn = (): void => {
    const kind = left.value[0]?.kind;
    if (kind !== 'urgent' && kind !== 'late') return;
    if (Date.now() - last < REPEAT_MS[kind]) return;
    last = Date.now();
    play(kind);
  };
  const timer = setInterval(turn, 1_000);
  const stop = watch(() => left.value[0]?.key, () => ((last = 0), turn()), { immediate: true });
  return () => (clearInterval(timer), stop());
}
