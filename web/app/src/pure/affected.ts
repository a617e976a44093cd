/** Which tiles of the web's grid hold a place; pure. */
import type { LonLat } from '../api/types';

export interface TileId {
  x: number;
  y: number;
  z: number;
}

/** The tile over a place at each zoom: whatever zoom is on the screen, one of them is to be read anew. */
export function tilesOver({ lon, lat }: LonLat, deepest: number): TileId[] {
  const south = Math.asinh(Math.tan((lat * Math.PI) / 180));
  return Array.from({ length: deepest + 1 }, (_, z) => {
    const n = 2 ** z;
    const at = (share: number): number => Math.min(n - 1, Math.max(0, Math.floor(share * n)));
    return { z, x: at((lon + 180) / 360), y: at((1 - south / Math.PI) / 2) };
  });
}

/** What differs between two readings of a collection, by id; `text` is what a feature is compared by. */
export function differences<T extends { id?: string | number | undefined }>(
  before: Map<string | number, string>,
  after: T[],
): { changed: T[]; gone: (string | number)[]; held: Map<string | number, string> } {
  const held = new Map<string | number, string>();
  const changed = after.filter((f) => {
    if (f.id === undefined) return false;
    const text = JSON.stringify(f);
    held.set(f.id, text);
    return before.get(f.id) !== text;
  });
  return { changed, gone: [...before.keys()].filter((id) => !held.has(id)), held };
}
