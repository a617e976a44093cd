/** Moments on paper, where no today is known any more: 2026年3月11日 09:31. */
const SHIFT_MS = 8 * 3_600_000;
const two = (n: number): string => String(n).padStart(2, '0');

export function fullMoment(ms: number): string {
  const there = new Date(ms + SHIFT_MS);
  const day = `${there.getUTCFullYear()}年${there.getUTCMonth() + 1}月${there.getUTCDate()}日`;
  return `${day} ${two(there.getUTCHours())}:${two(there.getUTCMinutes())}`;
}
