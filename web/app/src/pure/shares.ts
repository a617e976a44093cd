/** Shares as whole per cents that add up as the shares do: the largest remainders are rounded up. */
export function percents(shares: number[]): number[] {
  const exact = shares.map((s) => s * 100);
  const whole = exact.map(Math.floor);
  const left = Math.round(exact.reduce((a, b) => a + b, 0)) - whole.reduce((a, b) => a + b, 0);
  const order = exact.map((x, i) => [x - (whole[i] ?? 0), i] as const).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
  for (const [, i] of order.slice(0, left)) whole[i] = (whole[i] ?? 0) + 1;
  return whole;
}
