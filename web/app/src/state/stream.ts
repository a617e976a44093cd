/** How fresh the screen is. */
import { ref } from 'vue';
import { listen, type Heard, type Listening, type StreamState } from '../api/live';
import { serverNow } from './now';

export const stream = ref<StreamState>('catching_up');
export const freshAt = ref(serverNow());

/** Since when nothing has come live, 0 while it does. */
export const brokenAt = ref(0);
let open: Listening | null = null;

export function retryNow(): void {
  open?.retry();
}

export function startStream(heard: Omit<Heard, 'state'>): () => void {
  open = listen({
    ...heard,
    state(next, at) {
      stream.value = next;
      if (next === 'live') brokenAt.value = 0;
      else if (next === 'stale' && !brokenAt.value) brokenAt.value = serverNow();
      freshAt.value = at + (serverNow() - Date.now());
    },
  });
  return open;
}
