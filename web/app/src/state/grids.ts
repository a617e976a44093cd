/** The community grids by code and name, as the map knows them; read once, anew when an edition comes into force. */
import { shallowRef } from 'vue';
import { baseLayers } from '../map/base';
import type { Owner } from '../api/types';

export const grids = shallowRef<{ code: string; name: string; sector: string }[]>([]);
/** Whom a case outside may belong to. */
export const owners = shallowRef<Owner[]>([]);

export async function readGrids(): Promise<void> {
  const base = await baseLayers();
  grids.value = (base.communities?.features ?? []).map((f) => ({
    code: String(f.properties?.code),
    name: String(f.properties?.short_name ?? f.properties?.name),
    sector: String(f.properties?.parent ?? f.properties?.sector ?? ''),
  }));
  const sectors = (base.sectors?.features ?? []).map((f) => ({ code: String(f.properties?.code), name: String(f.properties?.name) }));
  const towns = (base.neighbours?.features ?? []).map((f) => ({ code: (f.properties?.code as string | null) ?? null, name: String(f.properties?.name) }));
  owners.value = [...sectors, ...towns];
}
