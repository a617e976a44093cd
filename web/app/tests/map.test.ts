import type { FeatureCollection } from 'geojson';
import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec';
import { describe, expect, it } from 'vitest';
import { candidateFeatures, caseFeatures, isStale, peopleFeatures, type PersonProperties } from '../src/map/features';
import { buildStyle, GROUPS, layers } from '../src/map/style';
import type { Tokens } from '../src/map/tokens';
import { outline, ringOf, shapeOf } from '../src/pure/shapes';
import { due, made } from './make';

const NOW = Date.parse('2026-03-11T09:31:00+08:00');
const tokens = new Proxy({ theme: 'light', font: 'sans-serif', scale: 1 }, { get: (t, name) => Reflect.get(t, name) ?? '#123456' }) as unknown as Tokens;

describe('the style', () => {
  it('is a valid MapLibre style', () => {
    expect(validateStyleMin(buildStyle(tokens))).toEqual([]);
  });

  it('asks no outside address: no glyphs, no sprite, no tiles', () => {
    expect(JSON.stringify(buildStyle(tokens))).not.toMatch(/https?:|glyphs|sprite/);
  });

  it('has every layer that a switch names', () => {
    const known = new Set(layers(tokens).map((l) => l.id));
    for (const id of Object.values(GROUPS).flat()) expect(known).toContain(id);
  });

  it('is larger on a wall', () => {
    const wall = layers({ ...tokens, theme: 'light', font: '', scale: 2 } as Tokens).find((l) => l.id === 'place');
    expect(wall).toMatchObject({ layout: { 'text-size': 22 } });
  });
});

describe('cases on the map', () => {
  it('source is shape, class is ring', () => {
    expect(['12345', 'grid', '12319', '110', 'department', 'station', 'video_patrol'].map(shapeOf)).toEqual([
      'circle', 'square', 'triangle', 'diamond', 'hexagon', 'hexagon', 'star',
    ]);
    expect(ringOf(made())).toBe('none');
    expect(ringOf(made({ source: 'station' }))).toBe('single');
    expect(ringOf(made({ urgent: true }))).toBe('double');
  });

  it('every shape is a closed outline', () => {
    for (const shape of ['circle', 'square', 'triangle', 'diamond', 'hexagon', 'star'] as const) expect(outline(shape, 8)).toMatch(/^M.*Z$/);
  });

  it('only amber and red are labelled', () => {
    const shown = caseFeatures(
      [made({ id: 'ok', clock: due('23:00') }), made({ id: 'warn', clock: due('09:40') }), made({ id: 'late', clock: due('09:19') }), made({ id: 'none' })],
      NOW, '140901', null,
    );
    expect(shown.running.features.map((f) => f.properties?.label)).toEqual(['', '剩余 9分', '超时 12分']);
    expect(shown.quiet.features.map((f) => f.properties?.id)).toEqual(['none']);
  });

  it('refused cases and cases without a place are not there', () => {
    const shown = caseFeatures([made({ status: 'rejected_out_of_area' }), made({ point: null })], NOW, null, null);
    expect(shown.running.features).toEqual([]);
    expect(shown.quiet.features).toEqual([]);
  });

  it('the other desk is paler, the selected case has its own place', () => {
    const shown = caseFeatures([made({ id: 'a', desk: '140902' }), made({ id: 'b' })], NOW, '140901', 'b');
    expect(shown.quiet.features.map((f) => [f.properties?.id, f.properties?.other])).toEqual([['a', true]]);
  });

  it('candidates are hatched in the order of their keys', () => {
    const area = (code: string) => ({ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [0, 0] }, properties: { code } });
    const all: FeatureCollection = { type: 'FeatureCollection', features: [area('1'), area('2'), area('3')] };
    expect(candidateFeatures(all, ['3', null, '1'], 0).features.map((f) => f.properties)).toEqual([{ order: 0, chosen: true }, { order: 0, chosen: false }]);
  });
});

describe('people', () => {
  const person = (over: Partial<PersonProperties>): PersonProperties => ({
    id: 'p', chip: '巡', post: '巡防队员', name: '巡防队员01', duty_mode: 'rota', duty_label: '机动轮岗', sector: null,
    fix_at: '2026-03-11T09:30:00+08:00', age_s: null, stale_after: 600, post_point: null, post_radius_m: null, ...over,
  });

  it('go stale by themselves', () => {
    expect(isStale(person({}), NOW)).toBe(false);
    expect(isStale(person({}), NOW + 600_000)).toBe(true);
    expect(isStale(person({ stale_after: '2026-03-11T09:30:30+08:00' }), NOW)).toBe(true);
    expect(isStale(person({ fix_at: null }), NOW)).toBe(true);
  });

  it('away from their place have a line to it', () => {
    const at = (coordinates: [number, number], over: Partial<PersonProperties>): FeatureCollection => ({
      type: 'FeatureCollection',
      features: [{ type: 'Feature', geometry: { type: 'Point', coordinates }, properties: person(over) }],
    });
    const away = peopleFeatures(at([121.26, 31.38], { post_point: { lon: 121.261, lat: 31.38 }, post_radius_m: 100 }), NOW);
    expect(away.posts.features.map((f) => f.geometry.type)).toEqual(['Polygon', 'LineString', 'Point']);
    const there = peopleFeatures(at([121.26, 31.38], { post_point: [121.26, 31.38] }), NOW);
    expect(there.posts.features).toEqual([]);
  });
});
