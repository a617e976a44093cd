/**
 * The stream `/v1/live` in one module: who changed, batched; how fresh the screen is; and what to do when it breaks.
 *
 * The browser itself reconnects with `Last-Event-ID` and the server replays what was missed. When the browser gives
 * up (an HTTP error), we reconnect with backoff and, having no cursor then, load everything anew. While no stream can
 * be had, the screen polls.
 */
import { Batch } from '../pure/batch';
import type { Viewer } from './alerts';
import type { Change } from './types';

const BATCH_MS = 100;
const PATIENCE_MS = 3_000; // a stream ends itself every ten minutes; a quick reconnection is not worth a banner
const POLL_MS = 5_000;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

export type StreamState = 'live' | 'stale' | 'catching_up';

export interface Heard {
  changes(batch: Change[]): void;
  positions(): void;
  viewers?(items: Viewer[]): void;
  /** The window is gone or was never there: load everything. Resolves when the screen is up to date again. */
  resync(): Promise<void>;
  state(state: StreamState, freshAt: number): void;
}

/** How to stop, and how to try again at once. */
export type Listening = (() => void) & { retry(): void };

export function listen(heard: Heard): Listening {
  let source: EventSource | null = null;
  let closed = false;
  let tries = 0;
  let freshAt = Date.now();
  let patience: ReturnType<typeof setTimeout> | undefined;
  let poll: ReturnType<typeof setInterval> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let lostCursor = true; // nothing loaded yet: the first opening loads, so no change falls between list and stream
  let state: StreamState = 'catching_up';

  const say = (next: StreamState): void => {
    state = next;
    heard.state(next, freshAt);
  };
  const fresh = (): void => {
    freshAt = Date.now();
  };
  const batch = new Batch<Change>(BATCH_MS, (changes) => heard.changes(changes));

  const reload = async (): Promise<void> => {
    say('catching_up');
    try {
      await heard.resync();
      fresh();
      say(source?.readyState === EventSource.OPEN ? 'live' : 'stale');
    } catch {
      say('stale');
    }
  };

  const startPolling = (): void => {
    poll ??= setInterval(() => {
      heard.resync().then(fresh, () => undefined).finally(() => {
        if (!closed && source?.readyState !== EventSource.OPEN) say('stale');
      });
    }, POLL_MS);
  };
  const stopPolling = (): void => {
    clearInterval(poll);
    poll = undefined;
  };

  const open = (): void => {
    if (closed) return;
    const stream = new EventSource('/v1/live');
    source = stream;
    stream.onopen = () => {
      clearTimeout(patience);
      patience = undefined;
      stopPolling();
      tries = 0;
      if (lostCursor || state !== 'live') void reload();
      else fresh();
      lostCursor = false;
    };
    stream.addEventListener('change', (message) => {
      fresh();
      const change = readChange(message);
      if (change) batch.add(change);
    });
    stream.addEventListener('positions', () => {
      fresh();
      heard.positions();
    });
    stream.addEventListener('viewers', (message: MessageEvent<string>) => {
      heard.viewers?.((JSON.parse(message.data) as { items: Viewer[] }).items);
    });
    stream.addEventListener('resync', () => void reload());
    stream.onerror = () => {
      patience ??= setTimeout(() => {
        say('stale');
        startPolling();
      }, PATIENCE_MS);
      if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      stream.close();
      lostCursor = true;
      const wait = BACKOFF_MS[Math.min(tries, BACKOFF_MS.length - 1)] ?? 30_000;
      tries += 1;
      clearTimeout(again);
      again = setTimeout(open, wait * (0.8 + Math.random() * 0.4));
    };
  };

  /** A pulled cable ends no connection by itself: the browser says that it is off line, and when it is back. */
  const cut = (): void => {
    if (closed) return;
    source?.close();
    lostCursor = true;
    say('stale');
    startPolling();
  };
  const retry = (): void => {
    if (closed) return;
    clearTimeout(again);
    source?.close();
    lostCursor = true;
    open();
  };
  window.addEventListener('offline', cut);
  window.addEventListener('online', retry);

  open();
  patience = setTimeout(() => {
    startPolling();
    void reload();
  }, PATIENCE_MS / 3);
  const stop = (): void => {
    closed = true;
    window.removeEventListener('offline', cut);
    window.removeEventListener('online', retry);
    clearTimeout(patience);
    clearTimeout(again);
    stopPolling();
    batch.stop();
    source?.close();
  };
  return Object.assign(stop, { retry });
}

function readChange(message: MessageEvent<string>): Change | null {
  try {
    return JSON.parse(message.data) as Change;
  } catch {
    return null;
  }
}
