/** The ground of every map, read once a page; by itself, so that a page without MapLibre can have it, too. */
import type { FeatureCollection } from 'geojson';
import { api } from '../api/client';
import { EMPTY } from './features';

export type BaseLayers = Record<string, FeatureCollection>;

const BASE = ['street', 'sectors', 'communities', 'police_areas', 'neighbours', 'split_line', 'roads', 'water', 'places'];
let loading: Promise<BaseLayers> | null = null;

/** The base layers, read once for all maps of the page; a missing one leaves the others standing. */
export function baseLayers(anew = false): Promise<BaseLayers> {
  if (anew) loading = null;
  loading ??= Promise.all(BASE.map(async (id) => [id, await api.layer(id).catch(() => EMPTY)] as const)).then(
    (pairs) => Object.fromEntries(pairs),
  );
  return loading;
}
