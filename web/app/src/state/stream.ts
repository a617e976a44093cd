/** How fresh the screen is. */
import { ref } from 'vue';
import { listen, type Heard, type StreamState } from '../api/live';
import { serverNow } from './now';

export const stream = ref<StreamState>('catching_up');
export const freshAt = ref(serverNow());

export function startStream(heard: Omit<Heard, 'state'>): () => void {
  return listen({
    ...heard,
    state(next, at) {
      stream.value = next;
      freshAt.value = at + (serverNow() - Date.now());
    },
  });
}
