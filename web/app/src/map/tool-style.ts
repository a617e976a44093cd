/** Layers of the map's tools: shading, heat, ground no camera sees, tracks, and what the operator draws. */
import type { LayerSpecification } from 'maplibre-gl';
import type { Tokens } from './tokens';

const FONT = ['local'];
const round = { 'line-cap': 'round', 'line-join': 'round' } as const;

/** Sources of these layers; all are empty until a tool fills them. */
export const TOOL_SOURCES = ['shade', 'heat', 'uncovered', 'track', 'draw'] as const;

/** Under the roads: the map stays a map. */
export function shadeLayers(t: Tokens): LayerSpecification[] {
  return [
    { id: 'shade', type: 'fill', source: 'shade', paint: { 'fill-color': t.accent, 'fill-opacity': ['get', 'strength'], 'fill-antialias': false } },
    { id: 'uncovered', type: 'fill', source: 'uncovered', paint: { 'fill-pattern': `blind|${t.theme}` } },
    { id: 'uncovered-edge', type: 'line', source: 'uncovered', paint: { 'line-color': t.camera, 'line-width': 0.8, 'line-opacity': 0.7 } },
  ];
}

/** Over the streets, under names and symbols. One hue again: heat is a count, not a clock. */
export function heatLayers(t: Tokens): LayerSpecification[] {
  return [
    {
      id: 'heat', type: 'heatmap', source: 'heat',
      paint: {
        'heatmap-radius': ['interpolate', ['linear'], ['zoom'], 12, 18, 15, 42, 18, 90],
        'heatmap-intensity': ['interpolate', ['linear'], ['zoom'], 12, 0.5, 16, 1],
        'heatmap-weight': 0.35,
        'heatmap-opacity': 0.62,
        'heatmap-color': [
          'interpolate', ['linear'], ['heatmap-density'],
          0, 'rgba(0,0,0,0)', 0.12, t['accent-soft'], 0.4, t['accent-line'], 0.75, t.accent, 1, t['map-ink'],
        ],
      },
    },
  ];
}

export function trackLayers(t: Tokens): LayerSpecification[] {
  return [
    { id: 'track-casing', type: 'line', source: 'track', layout: round, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': t['map-symbol-edge'], 'line-width': 5 } },
    { id: 'track', type: 'line', source: 'track', layout: round, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': t['chip-edge'], 'line-width': 2.5 } },
    { id: 'track-dot', type: 'circle', source: 'track', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 3.5, 'circle-color': t.chip, 'circle-stroke-width': 1.5, 'circle-stroke-color': t['chip-edge'] } },
    {
      id: 'track-time', type: 'symbol', source: 'track', filter: ['==', ['geometry-type'], 'Point'],
      layout: { 'text-field': ['get', 'time'], 'text-font': FONT, 'text-size': 11, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 0.7, 'text-padding': 4 },
      paint: { 'text-color': t['text-1'], 'text-halo-color': t['map-halo'], 'text-halo-width': 1.6 },
    },
  ];
}

/** What the operator draws lies over everything: it is what the eye follows. */
export function drawLayers(t: Tokens): LayerSpecification[] {
  return [
    { id: 'draw-fill', type: 'fill', source: 'draw', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': t.disc } },
    { id: 'draw-casing', type: 'line', source: 'draw', filter: ['!=', ['geometry-type'], 'Point'], layout: round, paint: { 'line-color': t['map-symbol-edge'], 'line-width': 4.5 } },
    { id: 'draw-line', type: 'line', source: 'draw', filter: ['!=', ['geometry-type'], 'Point'], layout: round, paint: { 'line-color': t.accent, 'line-width': 2 } },
    { id: 'draw-dot', type: 'circle', source: 'draw', filter: ['all', ['==', ['geometry-type'], 'Point'], ['get', 'dot']], paint: { 'circle-radius': 4, 'circle-color': t.float, 'circle-stroke-width': 2, 'circle-stroke-color': t.accent } },
    {
      id: 'draw-label', type: 'symbol', source: 'draw', filter: ['has', 'label'],
      layout: {
        'icon-image': `label|${t.theme}`, 'icon-text-fit': 'both', 'icon-text-fit-padding': [1, 4, 1, 4], 'icon-allow-overlap': true,
        'text-field': ['get', 'label'], 'text-font': FONT, 'text-size': 12, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-allow-overlap': true,
      },
      paint: { 'text-color': t['text-1'] },
    },
  ];
}
