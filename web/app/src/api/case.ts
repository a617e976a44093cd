/** What the panel of one case asks besides the case itself. */
import { get } from './client';

export interface StationProposal {
  code: string;
  post: string;
  label: string;
  own_grid: boolean;
  on_duty: number;
  open_cases: number;
  returned: boolean;
  why: string[];
}
export interface PersonProposal {
  post: string;
  label: string;
  body: string;
  score: number;
  why: string[];
  distance_m: number | null;
  age_s: number | null;
  stale: boolean;
  on_duty: boolean;
  open_cases: number;
}
export interface Proposals {
  station: StationProposal | null;
  stations: StationProposal[];
  people: PersonProposal[];
  departments: { post: string; label: string; open_cases: number }[];
}
export interface SimilarCase {
  id: string;
  number: string;
  full_number: string;
  title: string;
  status: string;
  status_label: string;
  ended: boolean;
  source: string;
  source_label: string;
  received_at: string;
  closed_at: string | null;
  distance_m: number | null;
  why: string[];
  linked: string | null;
}
export interface Around {
  cameras: { id: string; name: string; distance_m: number; sees: boolean; status: string }[];
  people: { id: string; chip: string; name: string; post: string; duty_mode: string; distance_m: number; age_s: number; stale: boolean }[];
}
const of = (id: string): string => `/v1/cases/${encodeURIComponent(id)}`;

export const readProposals = (id: string): Promise<Proposals> => get<Proposals>(`${of(id)}/proposals`);
export const readSimilar = async (id: string): Promise<SimilarCase[]> => (await get<{ items: SimilarCase[] }>(`${of(id)}/similar`)).items;
export const readAround = (lon: number, lat: number, id: string): Promise<Around> =>
  get<Around>(`/v1/map/around?${new URLSearchParams({ lon: String(lon), lat: String(lat), crs: 'CGCS2000', case: id })}`);
