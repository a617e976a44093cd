/** Reading coordinates that somebody types or pastes: two numbers, any of the datums, in the order that the datum has. */
export const DATUMS = ['WGS84', 'GCJ-02', 'BD-09', 'CGCS2000', 'EPSG:4549', 'EPSG:4528'] as const;
export type DatumCode = (typeof DATUMS)[number];

export function isMetres(datum: string): boolean {
  return datum.startsWith('EPSG:45');
}

/** "121.2655, 31.3885", "121.2655 31.3885", "东经121.2655 北纬31.3885": the numbers in the order they stand. */
export function readPair(text: string): [number, number] | null {
  const found = text.normalize('NFKC').match(/-?\d+(?:\.\d+)?/g);
  if (!found || found.length !== 2) return null;
  return [Number(found[0]), Number(found[1])];
}

export function readNumber(text: string): number | null {
  const trimmed = text.normalize('NFKC').trim();
  if (!/^-?\d+(?:\.\d+)?$/.test(trimmed)) return null;
  return Number(trimmed);
}

/** Six decimals are a decimetre; grid metres need one. */
export function coordinateWords(lon: number, lat: number, crs: string | null): string {
  const digits = crs && isMetres(crs) ? 1 : 6;
  return `${lon.toFixed(digits)}, ${lat.toFixed(digits)}`;
}
