/**
 * Cases beyond the threshold: the server's vector tiles with its stacks, drawn with the symbols of the GeoJSON layers.
 * A change reads the tiles over the place anew, at most once a second; people move by differences.
 */
import type { ExpressionSpecification, GeoJSONSource, Map as GlMap, SymbolLayerSpecification } from 'maplibre-gl';
import type { FeatureCollection } from 'geojson';
import type { LonLat } from '../api/types';
import { differences, tilesOver, type TileId } from '../pure/affected';
import { shapeOf, type CaseClass, type Ring } from '../pure/shapes';
import type { Tokens } from './tokens';

const SOURCE = 'case-tiles';
const LAYER = 'cases';
const DEEPEST = 20;
const DEBOUNCE_MS = 1_000;
/** Clocks change colour without any change of the case, and tiles out of sight grow old. */
const RENEW_MS = 60_000;
const SOURCES = ['12345', 'grid', '12319', '110', 'department', 'station', 'video_patrol', 'inspection', 'machine'];
const RINGS: Record<CaseClass, Ring> = { urgent: 'double', supervised: 'single', repeat: 'dashed', joint: 'single', community_level: 'none' };
export const LARGE_LAYERS = ['large-case', 'large-stack', 'large-quiet'];

const match = (by: string, pairs: [string, string][], other: string): ExpressionSpecification =>
  ['match', ['get', by], ...pairs.flat(), other] as unknown as ExpressionSpecification;
const joined = (...parts: unknown[]): ExpressionSpecification => ['concat', ...parts] as unknown as ExpressionSpecification;

/** The layers, drawn below what is selected. */
export function largeLayers(t: Tokens, desk: string | null): SymbolLayerSpecification[] {
  const shape = match('source', SOURCES.map((s) => [s, shapeOf(s)]), shapeOf(''));
  const tone = match('clock', [['running', 'ok'], ['amber', 'warn'], ['red', 'late']], 'none');
  const ring = match('class', Object.entries(RINGS), 'none');
  const other: ExpressionSpecification = ['all', ['has', 'desk'], ['!=', ['get', 'desk'], desk ?? ['get', 'desk']]] as ExpressionSpecification;
  const single: ExpressionSpecification = ['!', ['has', 'point_count']];
  const still: ExpressionSpecification = ['==', ['get', 'clock'], 'none'];
  const common = { type: 'symbol' as const, source: SOURCE, 'source-layer': LAYER };
  const size = t.scale === 1 ? {} : { 'icon-size': t.scale };
  return [
    {
      ...common, id: 'large-quiet', filter: ['all', single, still],
      layout: { 'icon-image': joined('sym|', shape, '|none|none|', t.theme), 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': 0.5 * t.scale },
      paint: { 'icon-opacity': ['case', other, 0.35, 0.7] },
    },
    {
      ...common, id: 'large-case', filter: ['all', single, ['!', still]],
      layout: { 'icon-image': joined('sym|', shape, '|', tone, '|', ring, '|', t.theme), 'icon-allow-overlap': true, 'icon-padding': 0, 'symbol-sort-key': ['-', 0, ['get', 'order']], ...size },
      paint: { 'icon-opacity': ['case', other, 0.5, 1] },
    },
    {
      ...common, id: 'large-stack', filter: ['has', 'point_count'],
      layout: {
        'icon-image': joined('stack|', ['get', 'running'], ',', ['get', 'amber'], ',', ['get', 'red'], ',', ['get', 'none'], '|', t.theme),
        'icon-allow-overlap': true, 'icon-padding': 0, ...size,
      },
    },
  ];
}

/** The tiles of one map; made when there is more than rows can carry. */
export class LargeCases {
  private pending: TileId[] | 'all' | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewal: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly map: GlMap) {}

  /** Shows the tiles, in these colours and with this desk's cases before the others'; or takes them away. */
  show(on: boolean, tokens: Tokens, desk: string | null): void {
    const { map } = this;
    for (const id of LARGE_LAYERS) if (map.getLayer(id)) map.removeLayer(id);
    if (!on) return this.stop();
    if (!map.getSource(SOURCE)) {
      map.addSource(SOURCE, { type: 'vector', tiles: [`${location.origin}/v1/tiles/cases/{z}/{x}/{y}.mvt`], minzoom: 0, maxzoom: DEEPEST });
    }
    for (const layer of largeLayers(tokens, desk)) map.addLayer(layer, 'selected-halo');
    this.renewal ??= setInterval(() => this.changed(null), RENEW_MS);
  }

  visible(shown: boolean): void {
    for (const id of LARGE_LAYERS) if (this.map.getLayer(id)) this.map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none');
  }

  /** Something changed at these places; null: nobody knows where. */
  changed(places: LonLat[] | null): void {
    if (places === null || this.pending === 'all') this.pending = 'all';
    else this.pending = [...(this.pending ?? []), ...places.flatMap((p) => tilesOver(p, DEEPEST))];
    this.timer ??= setTimeout(() => this.refresh(), DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    clearInterval(this.renewal);
    [this.timer, this.renewal, this.pending] = [undefined, undefined, null];
  }

  private refresh(): void {
    const wanted = this.pending;
    [this.timer, this.pending] = [undefined, null];
    if (!wanted || !this.map.getSource(SOURCE)) return;
    this.map.refreshTiles(SOURCE, wanted === 'all' ? undefined : wanted);
  }
}

const drawn = new WeakMap<GlMap, Map<string, Map<string | number, string>>>();

/** Gives a source only what differs from what it has; its features need ids. Five thousand people on foot move a few at a time. */
export function moveData(map: GlMap, source: string, data: FeatureCollection): void {
  const target = map.getSource(source) as GeoJSONSource | undefined;
  if (!target) return;
  const known = drawn.get(map) ?? new Map<string, Map<string | number, string>>();
  drawn.set(map, known);
  const before = known.get(source);
  const { changed, gone, held } = differences(before ?? new Map(), data.features);
  known.set(source, held);
  if (before === undefined) void target.setData(data);
  else if (changed.length || gone.length) void target.updateData({ remove: gone, add: changed });
}
