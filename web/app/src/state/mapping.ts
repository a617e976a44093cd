/** What the map shows beyond its layers: shading, the time window, uncovered ground, somebody's track. */
import { ref, shallowRef } from 'vue';
import type { Coverage } from '../api/around';
import { SHADINGS, type ShadeClass, type Shading } from '../pure/shading';
import { WHOLE } from '../pure/timewindow';
import { readKept, keep } from './kept';

const left = readKept<Shading>('map.shading', 'off');
export const shading = ref<Shading>(SHADINGS.includes(left) ? left : 'off');
export function shadeBy(wanted: Shading): void {
  shading.value = wanted;
  keep('map.shading', wanted);
}
export const shadeClasses = shallowRef<ShadeClass[]>([]);

/** The slider is open; closing it shows everything again, so that nothing is left out unseen. */
export const timing = ref(false);
export const timeWindow = ref({ ...WHOLE });
export function toggleTiming(): void {
  timing.value = !timing.value;
  timeWindow.value = { ...WHOLE };
}
/** How many cases the map shows, and how many it would without the window. */
export const timed = ref({ shown: 0, all: 0 });

export const coverage = shallowRef<Coverage | null>(null);
export const coverageState = ref<'off' | 'asking' | 'there' | 'missing'>('off');
