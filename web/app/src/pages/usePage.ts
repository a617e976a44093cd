/** Reading what a page shows: one state while it comes, one when it does not. */
import { onMounted, ref, watch } from 'vue';
import { ApiProblem } from '../api/client';
import { epoch } from '../state/session';

export function usePage(load: () => Promise<void>) {
  const loading = ref(true);
  const trouble = ref<string[]>([]);
  async function again(): Promise<void> {
    try {
      await load();
      trouble.value = [];
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) throw cause;
      trouble.value = cause.lines;
    } finally {
      loading.value = false;
    }
  }
  onMounted(again);
  watch(epoch, again);
  return { loading, trouble, again };
}

/** Runs one act of a page; its refusal is told beside it. */
export function useAct() {
  const busy = ref(false);
  const wrong = ref<string[]>([]);
  async function act(step: () => Promise<void>): Promise<boolean> {
    if (busy.value) return false;
    busy.value = true;
    wrong.value = [];
    try {
      await step();
      return true;
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) throw cause;
      wrong.value = cause.lines;
      return false;
    } finally {
      busy.value = false;
    }
  }
  return { busy, wrong, act };
}
