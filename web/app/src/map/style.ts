/**
 * The map's style: ground, tint, water, roads, edges, names, cameras, disc, people, cases, from below in this order.
 * No `glyphs`: MapLibre then draws every character from the system's own faces, and no outside address is needed.
 */
import type {
  ExpressionSpecification,
  LayerSpecification,
  SourceSpecification,
  StyleSpecification,
  SymbolLayerSpecification,
} from 'maplibre-gl';
import { words } from '../words';
import { drawLayers, heatLayers, shadeLayers, TOOL_SOURCES, trackLayers } from './tool-style';
import type { Tokens } from './tokens';

export const GROUPS = {
  grids: [
    'tint', 'community-edge', 'sector-edge', 'divide-soft', 'divide', 'community-name', 'divide-name', 'candidate',
    'candidate-b', 'candidate-edge',
  ],
  police: ['police-a', 'police-b', 'police-edge', 'police-name'],
  places: ['place', 'place-outside'],
  cameras: ['camera-view', 'camera-edge', 'camera-off', 'camera'],
  personnel: ['person-link', 'person-goal', 'person'],
  stations: ['station'],
  posts: ['person-ground', 'person-ground-fill'],
  heat: ['heat'],
  coverage: ['uncovered', 'uncovered-edge'],
  cases: ['quiet', 'case', 'stack', 'case-label'],
  drawn: ['water', 'road-casing', 'road', 'water-name', 'road-name'],
} as const;

const FONT = ['local'];
/** Where the name of an area goes when its own place is taken: up or down, never sideways into the next area. */
const ASIDE: [string, [number, number]][] = [
  ['center', [0, 0]], ['top', [0, 0.6]], ['bottom', [0, -0.6]], ['top', [0, 1.6]], ['bottom', [0, -1.6]], ['top', [0, 2.6]], ['bottom', [0, -2.6]],
];
const empty = { type: 'FeatureCollection' as const, features: [] };
const geo = (more: object = {}): SourceSpecification => ({ type: 'geojson', data: empty, ...more }) as SourceSpecification;

const toneSum = (tone: string): unknown => ['+', ['case', ['==', ['get', 'tone'], tone], 1, 0]];

/** Two symbols closer than this read as one blot: they become a stack; wide enough that stacks stand apart. */
const STACK_PX = 27;

function sources(): Record<string, SourceSpecification> {
  return {
    street: geo(),
    sectors: geo(),
    communities: geo(),
    police_areas: geo(),
    neighbours: geo(),
    split_line: geo(),
    roads: geo(),
    water: geo(),
    places: geo(),
    names: geo(),
    cameras: geo(),
    views: geo(),
    people: geo({ promoteId: 'id' }),
    posts: geo(),
    candidates: geo(),
    disc: geo(),
    found: geo(),
    nearest: geo(),
    border: geo(),
    cases: geo({
      cluster: true,
      maxzoom: 23,
      clusterRadius: STACK_PX,
      clusterMaxZoom: 22,
      clusterProperties: { ok: toneSum('ok'), warn: toneSum('warn'), late: toneSum('late'), none: toneSum('none') },
    }),
    quiet: geo(),
    selected: geo(),
    ...Object.fromEntries(TOOL_SOURCES.map((id) => [id, geo()])),
  };
}

/** Line width by zoom: pixels at zoom 13, 15 and 18. */
function width(at13: ExpressionSpecification | number, at15: ExpressionSpecification | number, at18: ExpressionSpecification | number): ExpressionSpecification {
  return ['interpolate', ['exponential', 1.5], ['zoom'], 13, at13, 15, at15, 18, at18];
}

function byClass(motorway: number, primary: number, secondary: number, tertiary: number, lane: number): ExpressionSpecification {
  return [
    'match', ['get', 'highway'],
    ['motorway', 'trunk'], motorway,
    'primary', primary,
    'secondary', secondary,
    'tertiary', tertiary,
    lane,
  ];
}

export function buildStyle(t: Tokens): StyleSpecification {
  return { version: 8, sources: sources(), layers: layers(t), transition: { duration: 0, delay: 0 } };
}

export function layers(t: Tokens): LayerSpecification[] {
  const all = [
    ...ground(t), ...roads(t), ...shadeLayers(t), ...areas(t), ...heatLayers(t), ...names(t), ...watchers(t), ...trackLayers(t), ...caseLayers(t),
    ...drawLayers(t),
  ];
  return t.scale === 1 ? all : all.map((layer) => (layer.type === 'symbol' ? enlarged(layer, t.scale) : layer));
}

/** For a wall that is read from further away: larger names and symbols, the ground as it is. */
function enlarged(layer: SymbolLayerSpecification, by: number): SymbolLayerSpecification {
  const { 'text-size': text, 'icon-size': icon, 'icon-image': image } = layer.layout ?? {};
  return {
    ...layer,
    layout: {
      ...layer.layout,
      ...(typeof text === 'number' ? { 'text-size': text * by } : {}),
      ...(image && (icon === undefined || typeof icon === 'number') && !layer.layout?.['icon-text-fit'] ? { 'icon-size': (icon ?? 1) * by } : {}),
    },
  };
}

const west: ExpressionSpecification = ['==', ['get', 'code'], '140901'];
const motorway: ExpressionSpecification = ['match', ['get', 'highway'], ['motorway', 'trunk'], true, false];
const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
const imageOf = (kind: string, ...args: unknown[]): ExpressionSpecification =>
  ['concat', `${kind}|`, ...args] as unknown as ExpressionSpecification;

function ground(t: Tokens): LayerSpecification[] {
  return [
    { id: 'outside', type: 'background', paint: { 'background-color': t['map-outside'] } },
    { id: 'ground', type: 'fill', source: 'street', paint: { 'fill-color': t['map-ground'] } },
    {
      id: 'tint', type: 'fill', source: 'sectors',
      paint: { 'fill-color': ['case', west, t['sector-west'], t['sector-east']], 'fill-antialias': false },
    },
    {
      id: 'neighbour-edge', type: 'line', source: 'neighbours',
      paint: { 'line-color': t['neighbour-edge'], 'line-width': 1.2, 'line-dasharray': [6, 3, 1, 3] },
    },
    {
      id: 'water', type: 'line', source: 'water', layout: round,
      paint: {
        'line-color': t['map-water'],
        'line-width': width(['match', ['get', 'waterway'], 'river', 5, 2], ['match', ['get', 'waterway'], 'river', 13, 5], ['match', ['get', 'waterway'], 'river', 60, 18]),
      },
    },
  ];
}

function roads(t: Tokens): LayerSpecification[] {
  return [
    {
      id: 'road-casing', type: 'line', source: 'roads', layout: round,
      paint: {
        'line-color': ['case', motorway, t['map-motorway-casing'], t['map-casing']],
        'line-width': width(byClass(6, 5, 4, 3, 2.2), byClass(13, 11.5, 10, 8, 6), byClass(34, 30, 26, 22, 16)),
      },
    },
    {
      id: 'road', type: 'line', source: 'roads', layout: round,
      paint: {
        'line-color': ['case', motorway, t['map-motorway'], t['map-road']],
        'line-width': width(byClass(4.4, 3.6, 2.8, 2, 1.4), byClass(11, 9.6, 8.2, 6.4, 4.6), byClass(31, 27, 23.4, 19.6, 14)),
      },
    },
  ];
}

function areas(t: Tokens): LayerSpecification[] {
  return [
    { id: 'police-a', type: 'fill', source: 'police_areas', filter: ['==', ['get', 'order'], 0], paint: { 'fill-pattern': `police|a|${t.theme}` } },
    { id: 'police-b', type: 'fill', source: 'police_areas', filter: ['==', ['get', 'order'], 1], paint: { 'fill-pattern': `police|b|${t.theme}` } },
    { id: 'police-edge', type: 'line', source: 'police_areas', paint: { 'line-color': t.divide, 'line-width': 1, 'line-opacity': 0.6, 'line-dasharray': [2, 2] } },
    { id: 'candidate', type: 'fill', source: 'candidates', filter: ['==', ['get', 'order'], 0], paint: { 'fill-pattern': `hatch|a|${t.theme}` } },
    { id: 'candidate-b', type: 'fill', source: 'candidates', filter: ['!=', ['get', 'order'], 0], paint: { 'fill-pattern': `hatch|b|${t.theme}` } },
    {
      id: 'community-edge', type: 'line', source: 'communities', layout: { 'line-join': 'round' },
      paint: { 'line-color': t['community-edge'], 'line-width': 1.5, 'line-dasharray': [4, 2.7] },
    },
    {
      id: 'candidate-edge', type: 'line', source: 'candidates', layout: { 'line-join': 'round' },
      paint: { 'line-color': t.hatch, 'line-width': ['case', ['get', 'chosen'], 2.2, 1.2], 'line-opacity': 0.8 },
    },
    {
      id: 'sector-edge', type: 'line', source: 'sectors', layout: { 'line-join': 'round' },
      paint: { 'line-color': ['case', west, t['sector-west-edge'], t['sector-east-edge']], 'line-width': 3, 'line-opacity': 0.85 },
    },
    { id: 'divide-soft', type: 'line', source: 'split_line', layout: round, paint: { 'line-color': t['divide-soft'], 'line-width': 10 } },
    { id: 'divide', type: 'line', source: 'split_line', layout: round, paint: { 'line-color': t.divide, 'line-width': 3 } },
  ];
}

function along(t: Tokens, id: string, source: string, colour: string, size: number, more: object = {}): LayerSpecification {
  return {
    // 新成路 is named by the dividing line, once and stronger.
    id, type: 'symbol', source, filter: ['match', ['coalesce', ['get', 'name'], ''], ['', '新成路'], false, true],
    layout: {
      'symbol-placement': 'line', 'symbol-spacing': 240, 'text-field': ['get', 'name'], 'text-font': FONT,
      'text-size': size, 'text-letter-spacing': 0.12, 'text-max-angle': 40, 'text-padding': 3, ...more,
    },
    paint: { 'text-color': colour, 'text-halo-color': t['map-halo'], 'text-halo-width': 1.6 },
  };
}

function names(t: Tokens): LayerSpecification[] {
  const spot = (kind: string): ExpressionSpecification => ['==', ['get', 'kind'], kind];
  const named = (id: string, kind: string, colour: string, size: number, spacing: number, zooms: object = {}): LayerSpecification => ({
    id, type: 'symbol', source: 'names', filter: spot(kind), ...zooms,
    layout: {
      'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': size, 'text-letter-spacing': spacing, 'text-max-width': 20, 'text-padding': 1,
      'text-variable-anchor-offset': ASIDE.flat() as never, 'text-justify': 'auto',
    },
    paint: { 'text-color': colour, 'text-halo-color': t['map-halo'], 'text-halo-width': 1.6 },
  });
  const place = (id: string, filter: ExpressionSpecification, minzoom: number): LayerSpecification => ({
    id, type: 'symbol', source: 'places', minzoom, filter,
      layout: {
        'icon-image': `dot|${t.theme}`, 'text-field': ['coalesce', ['get', 'label'], ['get', 'name'], ''], 'text-font': FONT, 'text-size': 11,
        'text-variable-anchor': ['top', 'left', 'right', 'bottom'], 'text-radial-offset': 0.5, 'text-padding': 6, 'text-max-width': 12,
      },
      paint: { 'text-color': t['map-place-text'], 'text-halo-color': t['map-halo'], 'text-halo-width': 1.4 },
  });
  return [
    place('place', ['get', 'inside'], 13.7),
    place('place-outside', ['!', ['get', 'inside']], 15.2),
    named('police-name', 'police', t['map-area-text'], 12, 0.1),
    along(t, 'water-name', 'water', t['map-water-text'], 11.5),
    along(t, 'road-name', 'roads', t['map-road-text'], 11.5, { 'symbol-spacing': 260 }),
    named('neighbour-name', 'neighbour', t['text-3'], 13, 0.2),
    named('sector-name', 'sector', t['map-area-text'], 14, 0.2, { maxzoom: 13 }),
    named('community-name', 'community', t['map-area-text'], 13, 0.1, { minzoom: 13 }),
    {
      ...along(t, 'divide-name', 'split_line', t.divide, 13, {
        'text-field': words.map.dividing, 'symbol-spacing': 180, 'text-offset': [0, -1.15], 'text-letter-spacing': 0.16,
        'text-allow-overlap': true,
      }),
      filter: ['all'],
    } as LayerSpecification,
  ];
}

function watchers(t: Tokens): LayerSpecification[] {
  const online: ExpressionSpecification = ['==', ['get', 'status'], 'online'];
  const offline: ExpressionSpecification = ['!=', ['get', 'status'], 'online'];
  return [
    { id: 'camera-view', type: 'fill', source: 'views', minzoom: 13.4, filter: online, paint: { 'fill-color': t['camera-fill'] } },
    { id: 'camera-edge', type: 'line', source: 'views', minzoom: 13.4, filter: online, paint: { 'line-color': t.camera, 'line-width': 1 } },
    { id: 'camera-off', type: 'line', source: 'views', minzoom: 13.4, filter: offline, paint: { 'line-color': t.camera, 'line-width': 1, 'line-dasharray': [3, 2] } },
    {
      // A symbol, not a circle: names keep clear of it.
      id: 'camera', type: 'symbol', source: 'cameras', minzoom: 12.5,
      layout: { 'icon-image': imageOf('cam', ['case', online, 'on', 'off'], `|${t.theme}`), 'icon-allow-overlap': true, 'icon-padding': 0 },
    },
    { id: 'disc', type: 'fill', source: 'disc', paint: { 'fill-color': t.disc } },
    { id: 'disc-edge', type: 'line', source: 'disc', paint: { 'line-color': t['disc-edge'], 'line-width': 1.5 } },
    { id: 'found', type: 'fill', source: 'found', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': t.disc, 'fill-opacity': ['case', ['get', 'chosen'], 1, 0.5] } },
    {
      id: 'found-edge', type: 'line', source: 'found', filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'line-color': t['disc-edge'], 'line-width': ['case', ['get', 'chosen'], 2, 1], 'line-opacity': ['case', ['get', 'chosen'], 1, 0.7] },
    },
    {
      id: 'found-line', type: 'line', source: 'found', filter: ['==', ['geometry-type'], 'LineString'], layout: round,
      paint: { 'line-color': t['disc-edge'], 'line-width': ['case', ['get', 'chosen'], 7, 5], 'line-opacity': ['case', ['get', 'chosen'], 0.6, 0.35] },
    },
    { id: 'border', type: 'line', source: 'border', layout: round, paint: { 'line-color': t.divide, 'line-width': 2.5 } },
    { id: 'nearest', type: 'line', source: 'nearest', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': t['map-ink'], 'line-width': 1.5, 'line-dasharray': [3, 2] } },
    { id: 'nearest-foot', type: 'circle', source: 'nearest', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 3.5, 'circle-color': t['map-ground'], 'circle-stroke-color': t['map-ink'], 'circle-stroke-width': 1.5 } },
    {
      id: 'nearest-name', type: 'symbol', source: 'nearest', filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 12, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.9, 'text-allow-overlap': true },
      paint: { 'text-color': t['map-ink'], 'text-halo-color': t['map-halo'], 'text-halo-width': 2 },
    },
    { id: 'person-ground-fill', type: 'fill', source: 'posts', minzoom: 14, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': t['chip-edge'], 'fill-opacity': 0.05 } },
    { id: 'person-ground', type: 'line', source: 'posts', minzoom: 14, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': t['chip-edge'], 'line-width': 1, 'line-opacity': 0.5 } },
    { id: 'person-link', type: 'line', source: 'posts', minzoom: 13.4, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': t['chip-edge'], 'line-width': 1, 'line-opacity': 0.8 } },
    { id: 'person-goal', type: 'circle', source: 'posts', minzoom: 13.4, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 3.5, 'circle-color': t['map-ground'], 'circle-stroke-width': 1.5, 'circle-stroke-color': t['chip-edge'] } },
    chips(t, 'station', ['get', 'station']),
    chips(t, 'person', ['!', ['get', 'station']]),
  ];
}

/** People in front of stations: who moves is looked for. Names keep clear of both; a position that grows old fades. */
function chips(t: Tokens, id: string, filter: ExpressionSpecification): LayerSpecification {
  return {
    id, type: 'symbol', source: 'people', filter,
    layout: {
      'icon-image': imageOf('chip', ['get', 'chip'], '|', ['get', 'duty_mode'], `|${t.theme}`), 'icon-allow-overlap': true, 'icon-padding': 0,
      'text-field': ['case', ['get', 'stale'], ['get', 'age'], ''], 'text-font': FONT, 'text-size': 11, 'text-anchor': 'top', 'text-offset': [0, 1.1], 'text-optional': true,
    },
    paint: {
      'icon-opacity': ['get', 'strength'], 'text-color': t['text-2'],
      'text-halo-color': t['map-halo'], 'text-halo-width': 1.4,
    },
  };
}

function caseLayers(t: Tokens): LayerSpecification[] {
  const single: ExpressionSpecification = ['!', ['has', 'point_count']];
  const icon = imageOf('sym', ['get', 'shape'], '|', ['get', 'tone'], '|', ['get', 'ring'], `|${t.theme}`);
  const label: SymbolLayerSpecification['layout'] = {
    'icon-image': `label|${t.theme}`, 'icon-text-fit': 'both', 'icon-text-fit-padding': [1, 4, 1, 4],
    'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 12,
    'text-variable-anchor': ['left', 'right', 'bottom', 'top', 'bottom-left', 'top-left', 'bottom-right', 'top-right'], 'text-radial-offset': 1.5, 'text-padding': 2, 'icon-padding': 0,
    'symbol-sort-key': ['get', 'order'],
  };
  const ink: ExpressionSpecification = ['match', ['get', 'tone'], 'late', t['clock-late-text'], 'warn', t['clock-warn-text'], 'ok', t['clock-ok-text'], t['clock-none-text']];
  return [
    {
      id: 'quiet', type: 'symbol', source: 'quiet',
      layout: {
        'icon-image': imageOf('sym', ['get', 'shape'], '|', ['get', 'tone'], `|none|${t.theme}`),
        'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': 0.5,
      },
      paint: { 'icon-opacity': ['case', ['get', 'other'], 0.35, 0.7] },
    },
    // Below the symbols: what lies above is placed first, so a label never covers a case. Red comes before amber by the order.
    {
      id: 'case-label', type: 'symbol', source: 'cases', minzoom: 13.4,
      filter: ['all', single, ['!=', ['get', 'label'], ''], ['!', ['get', 'other']]],
      layout: label, paint: { 'text-color': ink },
    },
    {
      id: 'case', type: 'symbol', source: 'cases', filter: single,
      layout: { 'icon-image': icon, 'icon-allow-overlap': true, 'icon-ignore-placement': false, 'icon-padding': 0, 'symbol-sort-key': ['-', 0, ['get', 'order']] },
      paint: { 'icon-opacity': ['case', ['get', 'other'], 0.5, 1] },
    },
    {
      id: 'stack', type: 'symbol', source: 'cases', filter: ['has', 'point_count'],
      layout: { 'icon-image': imageOf('stack', ['get', 'ok'], ',', ['get', 'warn'], ',', ['get', 'late'], ',', ['get', 'none'], `|${t.theme}`), 'icon-allow-overlap': true, 'icon-padding': 0 },
    },
    { id: 'selected-halo', type: 'circle', source: 'selected', paint: { 'circle-radius': 15, 'circle-color': t['surface-1'], 'circle-opacity': 0.45, 'circle-stroke-color': t.accent, 'circle-stroke-width': 2 } },
    { id: 'selected', type: 'symbol', source: 'selected', layout: { 'icon-image': icon, 'icon-size': 1.2, 'icon-allow-overlap': true } },
    {
      id: 'selected-label', type: 'symbol', source: 'selected', filter: ['!=', ['get', 'label'], ''],
      layout: { ...label, 'text-radial-offset': 2 }, paint: { 'text-color': ink },
    },
  ];
}
