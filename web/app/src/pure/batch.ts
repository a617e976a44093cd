/** Collects what arrives within a moment and hands it over at once, so that a burst is one refetch. */
export class Batch<T> {
  private held: T[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly waitMs: number;
  private readonly hand: (items: T[]) => void;

  constructor(waitMs: number, hand: (items: T[]) => void) {
    this.waitMs = waitMs;
    this.hand = hand;
  }

  add(item: T): void {
    this.held.push(item);
    this.timer ??= setTimeout(() => this.flush(), this.waitMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.held = [];
  }

  private flush(): void {
    const items = this.held;
    this.held = [];
    this.timer = undefined;
    this.hand(items);
  }
}
