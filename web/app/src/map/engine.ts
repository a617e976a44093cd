/** Makes the map and keeps it in the page's theme. The only module that starts MapLibre. */
import { Map as GlMap, setWorkerUrl, type GeoJSONSource, type LayerSpecification } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import 'maplibre-gl/dist/maplibre-gl.css';
import type { FeatureCollection } from 'geojson';
import type { Basemap } from '../api/types';
import { words } from '../words';
import { baseLayers, type BaseLayers } from './base';
import { tilesOf } from './basemap';
import { nameFeatures, placeFeatures } from './features';
import { drawImage } from './images';
import { buildStyle, GROUPS, layers } from './style';
import { readTokens } from './tokens';

// MapLibre 6 keeps its worker in a file of its own; a bundler does not find it by itself and the page stays blank.
setWorkerUrl(workerUrl);

export { GlMap };
export const HOME: [number, number, number, number] = [121.2515, 31.3725, 121.2795, 31.3975];

export function createMap(container: HTMLElement, options: { interactive?: boolean } = {}): GlMap {
  let tokens = readTokens();
  const map = new GlMap({
    container,
    style: buildStyle(tokens),
    bounds: HOME,
    minZoom: 10.5,
    maxZoom: 19.5,
    maxPitch: 0,
    dragRotate: false,
    attributionControl: false,
    fadeDuration: 0,
    localIdeographFontFamily: tokens.font,
    locale: { 'Map.Title': words.map.label },
    ...options,
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.setMissingStyleImageResolver((id) => {
    const image = drawImage(id, tokens);
    if (image && !map.hasImage(id)) map.addImage(id, image.data, image.options);
  });
  retheme.set(map, () => {
    tokens = readTokens();
    repaint(map, layers(tokens));
  });
  return map;
}

const retheme = new WeakMap<GlMap, () => void>();

/** After the page's theme changed: new colours and icons, same view, same data. */
export function followTheme(map: GlMap): void {
  retheme.get(map)?.();
}

function repaint(map: GlMap, wanted: LayerSpecification[]): void {
  for (const layer of wanted) {
    if (!map.getLayer(layer.id)) continue;
    const paint = ('paint' in layer ? layer.paint : undefined) ?? {};
    for (const [name, value] of Object.entries(paint)) map.setPaintProperty(layer.id, name as never, value as never);
    const layout = ('layout' in layer ? layer.layout : undefined) as Record<string, unknown> | undefined;
    if (layout?.['icon-image']) map.setLayoutProperty(layer.id, 'icon-image' as never, layout['icon-image'] as never);
  }
}

const drawn = new WeakMap<GlMap, Map<string, string>>();

/** Gives a source its data, unless it has it already: every setting costs a repaint, dear on machines without a GPU. */
export function setData(map: GlMap, source: string, data: FeatureCollection): void {
  const known = drawn.get(map) ?? new Map<string, string>();
  drawn.set(map, known);
  const text = JSON.stringify(data.features);
  if (known.get(source) === text) return;
  known.set(source, text);
  (map.getSource(source) as GeoJSONSource | undefined)?.setData(data);
}

export function showGroup(map: GlMap, group: keyof typeof GROUPS, shown: boolean): void {
  for (const id of GROUPS[group]) {
    if (map.getLayer(id)) map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
  }
}

export { baseLayers, type BaseLayers };

export function setBase(map: GlMap, base: BaseLayers): void {
  for (const [id, data] of Object.entries(base)) {
    if (id === 'police_areas') setData(map, id, numbered(data));
    else setData(map, id, id === 'places' ? placeFeatures(data, base.street) : data);
  }
  setData(map, 'names', nameFeatures(base));
}

/** Hatches alternate by place in the list, since pattern layers cannot choose an image by feature and theme at once. */
function numbered(data: FeatureCollection): FeatureCollection {
  return { ...data, features: data.features.map((f, i) => ({ ...f, properties: { ...f.properties, order: i % 2 } })) };
}

/** Puts the operator's raster map under everything; our own ground, roads and water step back while it shows. */
export function addBasemap(map: GlMap, basemap: Basemap): boolean {
  const tiles = tilesOf(basemap);
  if (!tiles || map.getSource('basemap')) return tiles !== null;
  map.addSource('basemap', { type: 'raster', tiles, tileSize: 256, maxzoom: 18 });
  map.addLayer({ id: 'basemap', type: 'raster', source: 'basemap', paint: { 'raster-fade-duration': 0 } }, 'tint');
  return true;
}

export function showBasemap(map: GlMap, shown: boolean): void {
  if (!map.getLayer('basemap')) return;
  map.setLayoutProperty('basemap', 'visibility', shown ? 'visible' : 'none');
  for (const id of [...GROUPS.drawn, 'ground']) map.setLayoutProperty(id, 'visibility', shown ? 'none' : 'visible');
}
