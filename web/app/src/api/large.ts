/** How much there is to draw, and who has moved. */
import type { Feature, FeatureCollection } from 'geojson';
import { get } from './client';

export interface MapSummary {
  cases: number;
  people: number;
  cameras: number;
  tiles_above: number;
  tiles: boolean;
}
type Told = FeatureCollection & { at?: string };

export const mapSummary = (): Promise<MapSummary> => get<MapSummary>('/v1/map/summary');

const WHOLE_MS = 120_000; // who went off duty is told by the whole list only

/** The people of one map: read whole at first and now and then, in between only those who moved. */
export class People {
  private held = new Map<string, Feature>();
  private at: string | null = null;
  private wholeAt = 0;

  async read(now = Date.now()): Promise<FeatureCollection> {
    const whole = this.at === null || now - this.wholeAt > WHOLE_MS;
    const told = await get<Told>(`/v1/layers/personnel${whole ? '' : `?since=${encodeURIComponent(this.at ?? '')}`}`);
    if (whole) [this.held, this.wholeAt] = [new Map(), now];
    for (const f of told.features) this.held.set(String(f.id), f);
    this.at = told.at ?? null;
    return { type: 'FeatureCollection', features: [...this.held.values()] };
  }
}
