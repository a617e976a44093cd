import { describe, expect, it } from 'vitest';
import type { AddressPart, FoundPlace, Geocoded, GridShare } from '../src/api/types';
import { FORMS } from '../src/flow/forms';
import { foundFeatures } from '../src/map/features';
import { heardOf, missingOf, piecesOf } from '../src/pure/addresses';
import { anchorOf, candidateOf, confidenceOf, gridOf, isSure, isTyped, percent, pressing, propose, proposalOf, spanOf } from '../src/pure/places';
import { words } from '../src/words';

const part = (role: string, text: string, start: number, over: Partial<AddressPart> = {}): AddressPart => ({
  role, text, start, end: start + [...text].length, value: text, tier: 'exact', ...over,
});
const CANGCHANG: GridShare = { code: '14090101', name: '仓场社区网格', sector: '140901', share: 0.99 };
const place = (over: Partial<FoundPlace> = {}): FoundPlace => ({
  key: 'crossing:塔城路×仓场路', label: '塔城路×仓场路路口', point: { lon: 121.26, lat: 31.38 }, radius_m: 15.4, confidence: 0.91, precision: 'crossing',
  shares: [CANGCHANG], line: [], in_ring: false, town: null, area_code: null, why: [], ...over,
});
const geocoded = (parts: AddressPart[]): Geocoded => ({
  outcome: 'not_found', found: null, candidates: [], confidence: 0, grid_share: 0, parts, vetoes: [], explanation: [], gazetteer_version: '1',
  belongs_to: null, datum_inferred: null,
});

describe('the words of an address in pieces', () => {
  const joined = (text: string, parts: AddressPart[]): string => piecesOf(text, parts).map((p) => p.text).join('');

  it('counts code points: an emoji or a rare character is one', () => {
    const text = '😀𠮷塔成路近墅沟路口';
    const pieces = piecesOf(text, [part('road', '塔成路', 2, { value: '塔城路', tier: 'pinyin' }), part('near', '近', 5), part('road', '墅沟路', 6)]);
    expect(pieces.map((p) => [p.text, p.part?.role ?? null])).toEqual([['😀𠮷', null], ['塔成路', 'road'], ['近', 'near'], ['墅沟路', 'road'], ['口', null]]);
  });

  it('loses and doubles nothing, whatever the parts say', () => {
    const text = '迎园新村三坊<b>12号</b>👩‍👩‍👧门口';
    const odd = [part('compound', '迎园新村三坊', 0), part('estate', '迎园新村', 0), part('number', '坊<b', 5), part('gate', '口', 40), { ...part('road', '', 3), end: 2 }, { ...part('road', 'x', 0), start: -1 }];
    expect(joined(text, odd)).toBe(text);
    expect(piecesOf(text, odd)[0]).toMatchObject({ text: '迎园新村三坊', part: { role: 'compound' } });
    expect(piecesOf('', odd)).toEqual([]);
  });

  it('tells what was heard differently, each once', () => {
    const said = part('road', '塔成路', 0, { value: '塔城路', tier: 'pinyin' });
    expect(heardOf([said, said, part('road', '仓场路', 3), part('poi', '野沟', 6, { value: '墅沟', tier: 'look_alike' })])).toEqual([
      { said: '塔成路', meant: '塔城路', tier: 'pinyin' },
      { said: '野沟', meant: '墅沟', tier: 'look_alike' },
    ]);
    for (const tier of ['alias', 'pinyin', 'fuzzy', 'look_alike', 'similar']) expect(words.places.heard[tier]).toBeTruthy();
  });

  it('says what is missing', () => {
    expect(missingOf(geocoded([part('road', '叶城路', 0)]))).toBe('number');
    expect(missingOf(geocoded([part('compound', '嘉乐花园', 0)]))).toBe('building');
    expect(missingOf(geocoded([part('community', '嘉乐社区', 0)]))).toBe('area');
    expect(missingOf(geocoded([part('road', '叶城路', 0), part('number', '9999号', 3)]))).toBe('unknown');
    expect(missingOf(geocoded([]))).toBe('nothing');
  });
});

describe('how sure a place is', () => {
  it('is a word beside the number', () => {
    expect([0.99, 0.85, 0.84, 0.5, 0.49, 0].map((p) => words.places.confidence[confidenceOf(p)])).toEqual(['很可能', '很可能', '可能', '可能', '存疑', '存疑']);
  });

  it('is sure of its grid only with a point, inside, in one grid', () => {
    expect(isSure(place())).toBe(true);
    expect(isSure(place({ shares: [{ ...CANGCHANG, share: 0.97 }] }))).toBe(false);
    expect(isSure(place({ shares: [{ code: null, name: '街道以外', sector: null, share: 1 }] }))).toBe(false);
    expect(isSure(place({ in_ring: true }))).toBe(false);
    expect(isSure(place({ point: null }))).toBe(false);
    expect(gridOf(place({ shares: [] }))).toBeNull();
    expect([1, 0.9999999, 0.995, 0.98].map(percent)).toEqual([100, 100, 99, 98]);
  });
});

describe('the key of a candidate', () => {
  const wide = place({ shares: [{ ...CANGCHANG, share: 0.7 }] });

  it('takes a sure place at once, any other by a second stroke', () => {
    expect(pressing(place(), false, false)).toBe('take');
    expect(pressing(wide, false, false)).toBe('choose');
    expect(pressing(wide, true, false)).toBe('form');
  });

  it('never goes over what somebody has typed', () => {
    expect(pressing(place(), false, true)).toBe('choose');
    expect(pressing(place(), true, true)).toBe('form');
  });

  it('lets the person point where only a road or an area is known', () => {
    expect(pressing(place({ point: null, line: [{ lon: 1, lat: 2 }, { lon: 2, lat: 2 }] }), false, false)).toBe('pick');
  });
});

describe('a candidate in the form', () => {
  const next = proposalOf(place(), '按地址文字选定：塔城路×仓场路路口');
  const other = proposalOf(place({ key: 'place:p1', label: '嘉乐花园', point: { lon: 121.27, lat: 31.39 }, radius_m: 60 }), '按地址文字选定：嘉乐花园');
  const empty = (): Record<string, unknown> => ({ lon: '', lat: '', crs: 'WGS84', accuracy: '', reason: '' });
  const body = (draft: Record<string, unknown>) => FORMS.location?.body?.({}, draft, {} as never);

  it('fills what is empty, and is replaced by another', () => {
    const draft = empty();
    expect(propose(draft, next)).toBe(true);
    expect(draft).toMatchObject({ lon: '121.2600000', lat: '31.3800000', crs: 'CGCS2000', accuracy: '15', reason: '按地址文字选定：塔城路×仓场路路口' });
    expect(isTyped(draft)).toBe(false);
    expect(body(draft)).toEqual({ candidate: 'crossing:塔城路×仓场路' });
    expect(propose(draft, other)).toBe(true);
    expect(draft).toMatchObject({ lon: '121.2700000', reason: '按地址文字选定：嘉乐花园' });
  });

  it('keeps a typed reason and a typed position', () => {
    const draft: Record<string, unknown> = { ...empty(), reason: '来电核实' };
    expect(isTyped(draft)).toBe(true);
    expect(propose(draft, next)).toBe(true);
    expect(draft).toMatchObject({ lon: '121.2600000', reason: '来电核实' });
    draft.lon = '121.25';
    expect(propose(draft, other)).toBe(false);
    expect(draft).toMatchObject({ lon: '121.25', lat: '31.3800000', reason: '来电核实' });
    expect(body(draft)).toEqual({});
  });

  it('stands for the road when the person points at the map', () => {
    const road = proposalOf(place({ key: 'road:仓场路', point: null }), '按地址文字选定：仓场路');
    const draft = empty();
    propose(draft, road);
    Object.assign(draft, { lon: '121.261', lat: '31.381' });
    expect(body(draft)).toEqual({ candidate: 'road:仓场路' });
    expect(isTyped(draft)).toBe(true);
  });

  it('is no candidate in a form that nobody filled from one', () => {
    expect(isTyped(empty())).toBe(false);
    expect(isTyped(null)).toBe(false);
    expect(candidateOf({ ...empty(), lon: '121.2', lat: '31.3' })).toBeNull();
  });
});

describe('candidates on the map', () => {
  const road = place({ key: 'road:仓场路', point: null, line: [{ lon: 121.25, lat: 31.37 }, { lon: 121.255, lat: 31.37 }, { lon: 121.26, lat: 31.37 }] });

  it('are circles of the real radius, and lines', () => {
    const shown = foundFeatures([place(), road, place({ key: 'area:14090101', point: null })], 1).features;
    expect(shown.map((f) => [f.geometry.type, f.properties?.chosen])).toEqual([['Polygon', false], ['LineString', true]]);
  });

  it('span all that is known', () => {
    const span = spanOf([place(), road]);
    expect(Math.min(...span.map((p) => p.lon))).toBe(121.25);
    expect(Math.max(...span.map((p) => p.lat))).toBeGreaterThan(31.38);
    expect(spanOf([place({ point: null })])).toEqual([]);
    expect(anchorOf(road)).toEqual({ lon: 121.255, lat: 31.37 });
    expect(anchorOf(place({ point: null }))).toBeNull();
  });
});
