import gcoord from 'gcoord';
import { describe, expect, it } from 'vitest';
import { mercator, pieces, shiftAt, TILE_PX, tileUrl, unmercator, xyzTemplate } from '../src/pure/tiles';

const HERE: [number, number] = [121.2632, 31.3845];

function tileOf(z: number, [lon, lat] = HERE): { z: number; x: number; y: number } {
  const [x, y] = mercator(lon, lat, z);
  return { z, x: Math.floor(x), y: Math.floor(y) };
}

describe('the tile grid', () => {
  it('goes there and back', () => {
    const [x, y] = mercator(...HERE, 16);
    const [lon, lat] = unmercator(x, y, 16);
    expect(lon).toBeCloseTo(HERE[0], 10);
    expect(lat).toBeCloseTo(HERE[1], 10);
  });
});

describe('tiles in GCJ-02 under a map in WGS 84', () => {
  it('shift by the 475 m that GCJ-02 is off here', () => {
    const [x, y] = mercator(...HERE, 16);
    const [dx, dy] = shiftAt(x, y, 16);
    const metresPerPx = (40_075_016.686 * Math.cos((HERE[1] * Math.PI) / 180)) / (TILE_PX * 2 ** 16);
    const metres = Math.hypot(dx, dy) * metresPerPx;
    expect(metres).toBeGreaterThan(440);
    expect(metres).toBeLessThan(510);
  });

  it.each([10, 12, 14, 16, 18])('line up within two pixels all over a tile at zoom %d', (z) => {
    const tile = tileOf(z);
    const laid = pieces(tile);
    // A place on the ground: where the composed tile shows it, and where the map wants it.
    for (const [u, v] of [[0.02, 0.02], [0.98, 0.02], [0.5, 0.5], [0.02, 0.98], [0.98, 0.98]] as const) {
      const ground = unmercator(tile.x + u, tile.y + v, z);
      const there = gcoord.transform(ground, gcoord.WGS84, gcoord.GCJ02) as [number, number];
      const [fx, fy] = mercator(...there, z);
      const piece = laid.find((p) => p.x === Math.floor(fx) && p.y === Math.floor(fy));
      if (!piece) continue; // within two pixels of the tile's edge the neighbour shows it
      expect(Math.abs(piece.left + (fx - piece.x) * TILE_PX - u * TILE_PX)).toBeLessThan(2);
      expect(Math.abs(piece.top + (fy - piece.y) * TILE_PX - v * TILE_PX)).toBeLessThan(2);
    }
  });

  it('cover the whole tile without a gap', () => {
    const laid = pieces(tileOf(16));
    const area = laid.reduce((sum, p) => {
      const w = Math.min(TILE_PX, p.left + TILE_PX) - Math.max(0, p.left);
      const h = Math.min(TILE_PX, p.top + TILE_PX) - Math.max(0, p.top);
      return sum + w * h;
    }, 0);
    expect(area).toBe(TILE_PX * TILE_PX);
  });

  it('are the tile itself outside China, where GCJ-02 is WGS 84', () => {
    expect(pieces(tileOf(12, [2.35, 48.85]))).toEqual([{ ...tileOf(12, [2.35, 48.85]), left: 0, top: 0 }]);
  });
});

describe('an address of tiles', () => {
  it('may be XYZ or WMTS', () => {
    const tile = { z: 3, x: 9, y: 2 };
    expect(tileUrl('/t/{z}/{x}/{y}.png', tile)).toBe('/t/3/1/2.png');
    expect(tileUrl('/w?TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}', tile)).toBe('/w?TILEMATRIX=3&TILEROW=2&TILECOL=1');
    expect(xyzTemplate('/w/{TileMatrix}/{TileRow}/{TileCol}')).toBe('/w/{z}/{y}/{x}');
  });
});
