/** What happened while nobody looked: after ten minutes hidden, cut off or logged out, one digest. */
import { shallowRef, watch } from 'vue';
import { changesSince, type Digest } from '../api/alerts';
import { keep, readKept } from './kept';
import { serverNow } from './now';
import { post } from './session';
import { stream } from './stream';

const AWAY_MS = 10 * 60_000;
const NOTE_MS = 20_000;
export const digest = shallowRef<Digest | null>(null);
const nameOf = (): string => `seen.${post.value.id}`;

/** Notes when the screen was last looked at and fresh; asks when that was long ago. Returns how to stop. */
export function startAway(): () => void {
  let asking = false;
  const present = (): boolean => document.visibilityState === 'visible' && stream.value === 'live';
  const turn = async (): Promise<void> => {
    if (!present() || asking) return;
    const last = readKept(nameOf(), 0);
    if (last && serverNow() - last >= AWAY_MS) {
      asking = true;
      try {
        const told = await changesSince(new Date(last).toISOString());
        if (told.total) digest.value = told;
      } catch {
        return; // the time stays noted: the next turn asks again
      } finally {
        asking = false;
      }
    }
    keep(nameOf(), serverNow());
  };
  const soon = (): void => void turn();
  const timer = setInterval(soon, NOTE_MS);
  const stop = watch(stream, soon, { immediate: true });
  document.addEventListener('visibilitychange', soon);
  return () => {
    clearInterval(timer);
    stop();
    document.removeEventListener('visibilitychange', soon);
    digest.value = null;
  };
}
