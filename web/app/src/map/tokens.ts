/** The colours of the map come from the same tokens as the page. */
const NAMES = [
  'surface-1', 'text-1', 'text-2', 'text-3', 'accent', 'accent-soft', 'accent-line', 'line-1', 'float',
  'clock-ok', 'clock-warn', 'clock-late', 'clock-none',
  'clock-ok-text', 'clock-warn-text', 'clock-late-text', 'clock-none-text',
  'map-outside', 'map-ground', 'map-road', 'map-casing', 'map-motorway', 'map-motorway-casing',
  'map-water', 'map-water-text', 'map-road-text', 'map-place-text', 'map-area-text', 'map-halo',
  'sector-west', 'sector-east', 'sector-west-edge', 'sector-east-edge', 'community-edge', 'neighbour-edge',
  'divide', 'divide-soft', 'map-ink', 'map-symbol-edge', 'hatch', 'disc', 'disc-edge',
  'camera', 'camera-fill', 'chip', 'chip-edge', 'police-hatch',
] as const;

export type TokenName = (typeof NAMES)[number];
export type Tokens = Record<TokenName, string> & { theme: string; font: string; scale: number };

export function readTokens(): Tokens {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const values = Object.fromEntries(NAMES.map((n) => [n, style.getPropertyValue(`--${n}`).trim()]));
  return {
    ...(values as Record<TokenName, string>),
    theme: root.dataset.theme ?? 'light',
    font: style.getPropertyValue('--font').trim(),
    scale: Number(style.getPropertyValue('--map-scale')) || 1,
  };
}
