/** Where the cases of a stack stand when it is fanned out: one ring while they fit, a second around it. */
export interface Spot {
  x: number;
  y: number;
}

/** More than this is a list: a fan of thirty is a blot again. */
export const FAN_MOST = 14;
const INNER = 8;
const RING_PX = 52;
const STEP_PX = 36;

/** Offsets in pixels from the stack's middle, the first straight up, then clockwise. */
export function fanSpots(n: number): Spot[] {
  const inner = n <= INNER ? n : Math.ceil(n * 0.42);
  return [...ring(inner, RING_PX, 0), ...ring(n - inner, RING_PX + STEP_PX, Math.PI / Math.max(1, n - inner))];
}

function ring(n: number, r: number, turn: number): Spot[] {
  return Array.from({ length: n }, (_, i) => {
    const a = -Math.PI / 2 + turn + (2 * Math.PI * i) / n;
    return { x: Math.round(r * Math.cos(a)), y: Math.round(r * Math.sin(a)) };
  });
}

/**
 * Who is in an open fan after the data changed: everybody still within its reach, the old ones in their old order so
 * that nothing moves under the hand, the new ones behind.
 */
export function fanMembers(before: readonly string[], within: readonly string[]): string[] {
  const here = new Set(within);
  const stayed = before.filter((id) => here.has(id));
  const known = new Set(stayed);
  return [...stayed, ...within.filter((id) => !known.has(id))];
}
