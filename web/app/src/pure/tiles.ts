/**
 * An operator's raster tiles drawn in GCJ-02 under a map in WGS 84 / CGCS2000.
 *
 * GCJ-02 moves points by several hundred metres, and by an amount that changes slowly with the place. Within one
 * tile from zoom 10 on the change stays below a screen pixel or so, so each tile is composed of (up to) four
 * foreign tiles shifted as a whole by the offset at its centre. Limits: Web Mercator tiles (XYZ, or WMTS with a
 * GoogleMapsCompatible matrix) only; below zoom 10 the offset is under a pixel's worth and is applied all the same.
 */
import gcoord from 'gcoord';

export interface TileId {
  z: number;
  x: number;
  y: number;
}

/** One foreign tile and where its upper left corner goes on ours, in tile pixels. */
export interface Piece extends TileId {
  left: number;
  top: number;
}

export const TILE_PX = 256;

export function mercator(lon: number, lat: number, z: number): [number, number] {
  const n = 2 ** z;
  const s = Math.sin((lat * Math.PI) / 180);
  return [((lon + 180) / 360) * n, (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * n];
}

export function unmercator(x: number, y: number, z: number): [number, number] {
  const n = 2 ** z;
  return [(x / n) * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / n))) * 180) / Math.PI];
}

/** How far GCJ-02 lies from WGS 84 at this place of the tile grid, in tile pixels to the right and down. */
export function shiftAt(x: number, y: number, z: number): [number, number] {
  const there = gcoord.transform(unmercator(x, y, z), gcoord.WGS84, gcoord.GCJ02) as [number, number];
  const [gx, gy] = mercator(there[0], there[1], z);
  return [(gx - x) * TILE_PX, (gy - y) * TILE_PX];
}

/** The foreign tiles that together show what lies under our tile. */
export function pieces({ z, x, y }: TileId): Piece[] {
  const [dx, dy] = shiftAt(x + 0.5, y + 0.5, z);
  const [fx, fy] = [x + dx / TILE_PX, y + dy / TILE_PX];
  const [x0, y0] = [Math.floor(fx), Math.floor(fy)];
  const found: Piece[] = [];
  for (const tx of [x0, x0 + 1]) {
    for (const ty of [y0, y0 + 1]) {
      const [left, top] = [Math.round((tx - fx) * TILE_PX), Math.round((ty - fy) * TILE_PX)];
      if (left >= TILE_PX || top >= TILE_PX || left <= -TILE_PX || top <= -TILE_PX) continue;
      found.push({ z, x: tx, y: ty, left, top });
    }
  }
  return found;
}

/** Fills an XYZ or WMTS template. */
export function tileUrl(template: string, { z, x, y }: TileId): string {
  const n = 2 ** z;
  return template
    .replace(/\{z\}|\{TileMatrix\}/gi, String(z))
    .replace(/\{x\}|\{TileCol\}/gi, String(((x % n) + n) % n))
    .replace(/\{y\}|\{TileRow\}/gi, String(y));
}

/** The same template in the placeholders that MapLibre fills by itself. */
export function xyzTemplate(template: string): string {
  return template
    .replace(/\{TileMatrix\}/gi, '{z}')
    .replace(/\{TileCol\}/gi, '{x}')
    .replace(/\{TileRow\}/gi, '{y}');
}
