/** The places that the words of the open case may mean; asked of the server when a case waits for its place. */
import { computed, ref, shallowRef } from 'vue';
import { api, ApiProblem } from '../api/client';
import type { Case, CasePlaces, FoundPlace } from '../api/types';
import { selected } from './cases';

const MOST = 5;

interface Told {
  case_: string;
  places: CasePlaces | null;
  trouble: string[];
}
const told = shallowRef<Told | null>(null);
/** Which candidate a person chose; nothing is chosen for them. */
export const chosenPlace = ref<number | null>(null);
/** A candidate that was clicked on the map, for the steps of the case to take up. */
export const pressedPlace = shallowRef<{ order: number; serial: number } | null>(null);
/** Raised when the map should show all candidates. */
export const showAllPlaces = ref(0);
/** A stretch of road or an area to look at, because a person chose it. */
export const lookAtPlace = shallowRef<{ place: FoundPlace; serial: number } | null>(null);
let serial = 0;

export function waitsForPlace(case_: Case | null): boolean {
  return case_?.status === 'no_location';
}
const current = computed(() => (waitsForPlace(selected.value) && told.value?.case_ === selected.value?.id ? told.value : null));
export const casePlaces = computed(() => current.value?.places ?? null);
export const placesTrouble = computed(() => current.value?.trouble ?? []);
export const candidatePlaces = computed<FoundPlace[]>(() => casePlaces.value?.geocoded.candidates.slice(0, MOST) ?? []);
export const placeInHand = computed<FoundPlace | null>(() => (chosenPlace.value === null ? null : (candidatePlaces.value[chosenPlace.value] ?? null)));

let asked = 0;

export async function readPlaces(case_: Case): Promise<void> {
  asked += 1;
  const mine = asked;
  if (told.value?.case_ !== case_.id) chosenPlace.value = null;
  try {
    const places = await api.places(case_.id);
    if (mine === asked) told.value = { case_: case_.id, places, trouble: [] };
  } catch (cause) {
    if (!(cause instanceof ApiProblem)) throw cause;
    if (mine === asked) told.value = { case_: case_.id, places: null, trouble: cause.lines };
  }
}

export function forgetPlaces(): void {
  asked += 1;
  told.value = null;
  chosenPlace.value = null;
}

export function pressPlace(order: number): void {
  serial += 1;
  pressedPlace.value = { order, serial };
}

export function lookAt(place: FoundPlace): void {
  serial += 1;
  lookAtPlace.value = { place, serial };
}
