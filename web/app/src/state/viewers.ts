/** Who else has the open case open. The tabs of a browser are one seat; a seat says every 20 seconds that it is there. */
import { computed, ref, shallowRef, watch } from 'vue';
import { leave, look, type Viewer } from '../api/alerts';
import { keep, readKept } from './kept';
import { serverNow, slowNow } from './now';
import { selected } from './cases';

const AGAIN_MS = 20_000;
const seat = readKept('seat', '') || crypto.randomUUID?.() || Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16)).join('-');
keep('seat', seat);

/** The step whose form is open here. */
export const editing = ref<string | null>(null);
const mark = ref('');
const all = shallowRef<Viewer[]>([]);
export const others = computed(() =>
  all.value.filter((v) => v.case === selected.value?.id && v.mark !== mark.value && mark.value !== '' && Date.parse(v.until) > Math.max(slowNow.value, 0)),
);

export function hearViewers(items: Viewer[]): void {
  all.value = items;
}

async function tell(id: string): Promise<void> {
  const told = await look(id, seat, editing.value);
  mark.value = told.mark;
  all.value = [...all.value.filter((v) => v.case !== id && Date.parse(v.until) > serverNow()), ...told.items];
}

/** Begins to say what is open here; returns how to stop. */
export function startViewing(): () => void {
  let open: string | null = null;
  const quietly = (asked: Promise<unknown>): void => void asked.catch(() => undefined); // lossy: said again in 20 seconds
  const end = (): void => {
    if (open) quietly(leave(open, seat));
    open = null;
  };
  const begin = (id: string | null): void => {
    if (id !== open) end();
    open = id;
    if (id) quietly(tell(id));
  };
  const stop = watch(() => [selected.value?.id ?? null, editing.value] as const, ([id]) => begin(id), { immediate: true });
  const timer = setInterval(() => open && document.visibilityState === 'visible' && quietly(tell(open)), AGAIN_MS);
  window.addEventListener('pagehide', end);
  return () => {
    stop();
    clearInterval(timer);
    window.removeEventListener('pagehide', end);
    end();
  };
}
