/** What lies around a place, what no camera sees, and where somebody was today. */
import type { FeatureCollection, Geometry } from 'geojson';
import type { LonLat } from './types';
import { ApiProblem, get } from './client';

export interface NearCamera {
  id: string;
  name: string;
  distance_m: number;
  sees: boolean;
  status: string;
}
export interface NearPerson {
  id: string;
  chip: string;
  name: string;
  post: string;
  duty_mode: string;
  distance_m: number;
  age_s: number | null;
  stale: boolean;
}
export interface Around {
  cameras: NearCamera[];
  people: NearPerson[];
}
export interface Coverage {
  covered_m2: number;
  uncovered_m2: number;
  area_m2: number;
  provisional: boolean;
  notice?: string;
  uncovered: Geometry | FeatureCollection;
}

/** Null where the server does not know such a question, or this post may not ask it: the rest is shown without it. */
async function perhaps<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (cause) {
    if (cause instanceof ApiProblem) return null;
    throw cause;
  }
}

export function readAround(at: LonLat): Promise<Around | null> {
  return perhaps(get<Around>(`/v1/map/around?lon=${at.lon}&lat=${at.lat}&crs=CGCS2000`));
}

export function readCoverage(desk: string | null): Promise<Coverage | null> {
  return perhaps(get<Coverage>(`/v1/map/coverage${desk ? `?desk=${encodeURIComponent(desk)}` : ''}`));
}

/** A day's track as the server gives it (audited there). */
export function readTrack(person: string, day: string): Promise<unknown> {
  return get<unknown>(`/v1/personnel/${encodeURIComponent(person)}/track?day=${day}`);
}
