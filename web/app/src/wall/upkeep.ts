/** What keeps a wall right for days without a hand: releases, midnight, missed events, the screen's own sleep. */
import { onBeforeUnmount, onMounted, watch } from 'vue';
import { loadConfig } from '../state/session';
import { readBoard, readDay, today } from './board';

const RELEASE_MS = 60_000;
const ANEW_MS = 5 * 60_000;

/** The built page names its files by their hash, so its ETag is the release. */
export async function releaseTag(): Promise<string | null> {
  try {
    const answer = await fetch('/wall', { method: 'HEAD', cache: 'no-store' });
    return answer.ok ? answer.headers.get('ETag') : null; // a release that is being built is none yet
  } catch {
    return null;
  }
}

export function useUpkeep(reload: () => void = () => location.reload()): void {
  let shown: string | null = null;
  let lock: { release(): Promise<void> } | null = null;
  const timers: ReturnType<typeof setInterval>[] = [];

  const look = async (): Promise<void> => {
    const tag = await releaseTag();
    if (!tag) return;
    if (shown && tag !== shown) reload();
    shown = tag;
  };
  const anew = (): void => {
    Promise.all([loadConfig(), readBoard()]).catch(() => undefined); // the stream's state says what is wrong
  };
  const stayAwake = async (): Promise<void> => {
    if (document.visibilityState !== 'visible') return;
    lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
  };

  watch(today, () => readDay().catch(() => undefined));
  onMounted(() => {
    void look();
    void stayAwake();
    timers.push(setInterval(() => void look(), RELEASE_MS), setInterval(anew, ANEW_MS));
    document.addEventListener('visibilitychange', stayAwake);
  });
  onBeforeUnmount(() => {
    timers.forEach(clearInterval);
    document.removeEventListener('visibilitychange', stayAwake);
    void lock?.release();
  });
}

/** The pointer has no business on a wall: it goes five seconds after it was moved last. */
export function usePointer(show: (shown: boolean) => void, after = 5_000): void {
  let hiding: ReturnType<typeof setTimeout> | undefined;
  const moved = (): void => {
    show(true);
    clearTimeout(hiding);
    hiding = setTimeout(() => show(false), after);
  };
  onMounted(() => {
    addEventListener('pointermove', moved);
    moved();
  });
  onBeforeUnmount(() => {
    removeEventListener('pointermove', moved);
    clearTimeout(hiding);
  });
}

