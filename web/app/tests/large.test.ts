import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import { largeLayers } from '../src/map/large';
import { buildStyle } from '../src/map/style';
import type { Tokens } from '../src/map/tokens';
import { differences, tilesOver } from '../src/pure/affected';

const tokens = new Proxy({ theme: 'light', font: 'sans-serif', scale: 1 }, { get: (t, name) => Reflect.get(t, name) ?? '#123456' }) as unknown as Tokens;

describe('tiles for many cases', () => {
  it('are drawn by valid layers, with and without a desk', () => {
    for (const desk of ['140901', null]) {
      const style = buildStyle(tokens);
      style.sources['case-tiles'] = { type: 'vector', tiles: ['https://localhost/{z}/{x}/{y}'] };
      style.layers.push(...largeLayers(tokens, desk));
      expect(validateStyleMin(style)).toEqual([]);
    }
  });

  it('over a place: one at each zoom, each inside the one before', () => {
    const tiles = tilesOver({ lon: 121.2701, lat: 31.3851 }, 20);
    expect(tiles[14]).toEqual({ z: 14, x: 13711, y: 6686 });
    tiles.slice(1).forEach((tile, i) => {
      expect([tile.x >> 1, tile.y >> 1]).toEqual([tiles[i]?.x, tiles[i]?.y]);
    });
    expect(tilesOver({ lon: 180, lat: -85.06 }, 3)[3]).toEqual({ z: 3, x: 7, y: 7 });
  });
});

describe('differences', () => {
  it('are what moved, what came and what went', () => {
    const one = differences(new Map(), [{ id: 'a', at: 1 }, { id: 'b', at: 1 }]);
    expect(one.changed.length).toBe(2);
    const two = differences(one.held, [{ id: 'b', at: 1 }, { id: 'c', at: 1 }]);
    expect(two.changed).toEqual([{ id: 'c', at: 1 }]);
    expect(two.gone).toEqual(['a']);
    expect(differences(two.held, [{ id: 'b', at: 1 }, { id: 'c', at: 1 }]).changed).toEqual([]);
  });
});
