/** What the operator draws on the map: a line to measure, or a shape to choose cases with. */
import { computed, ref, shallowRef, watch } from 'vue';
import type { LonLat } from '../api/types';
import { areaOf, distance, lengthOf } from '../pure/measuring';
import { casesInside, type Drawn } from '../pure/selecting';
import { cases } from './cases';
import { areaSelection, endTool, tool } from './map';

export const points = shallowRef<LonLat[]>([]);
/** The line has become an area. */
export const closed = ref(false);
/** Ended by Enter or a double click: the next click begins anew. */
export const ended = ref(false);
export const kind = ref<'circle' | 'polygon'>('circle');
export const drawn = shallowRef<Drawn | null>(null);

/** The line that is measured and, once it is closed, its last side. */
export const lengthM = computed(() => {
  const [first] = points.value;
  return lengthOf(closed.value && first ? [...points.value, first] : points.value);
});
export const areaM2 = computed(() => (closed.value ? areaOf(points.value) : 0));

/** Counted anew with every change: a case that comes in within the shape belongs to it. */
export const inside = computed(() => (drawn.value ? casesInside(cases.value.values(), drawn.value) : []));

function reset(): void {
  [points.value, closed.value, ended.value] = [[], false, false];
}

export function startMeasuring(): void {
  if (tool.value === 'measure') return endDrawing();
  endTool();
  reset();
  tool.value = 'measure';
}

export function startSelecting(): void {
  if (tool.value === 'select') return endDrawing();
  endTool();
  reset();
  clearSelection();
  tool.value = 'select';
}

/** Leaves the tool; a finished selection stays until it is cleared. */
export function endDrawing(): void {
  reset();
  tool.value = 'none';
}

export function clearSelection(): void {
  [drawn.value, areaSelection.value] = [null, null];
}

/** A click; `onFirst`: it fell on the first point, which closes the line. */
export function addPoint(at: LonLat, onFirst: boolean): void {
  if (tool.value === 'measure' && (ended.value || closed.value)) reset();
  else if (onFirst && points.value.length >= 3) return finish(true);
  points.value = [...points.value, at];
  const [centre] = points.value;
  if (tool.value === 'select' && kind.value === 'circle' && centre && points.value.length === 2) {
    choose({ kind: 'circle', centre, radius_m: Math.max(1, distance(centre, at)) });
  }
}

export function takeBack(): void {
  if (closed.value || ended.value) [closed.value, ended.value] = [false, false];
  else points.value = points.value.slice(0, -1);
}

/** Enter, a double click, or the first point again. */
export function finish(close: boolean): void {
  if (tool.value === 'measure') {
    ended.value = points.value.length > 1;
    closed.value = close && points.value.length > 2;
  } else if (kind.value === 'polygon' && points.value.length > 2) {
    choose({ kind: 'polygon', points: points.value });
  }
}

function choose(shape: Drawn): void {
  drawn.value = shape;
  endDrawing();
}

/** The list shows these only, until one takes that back. */
export function toList(): void {
  areaSelection.value = new Set(inside.value.map((c) => c.id));
}

// The list keeps to the shape, not to who was in it once.
watch(inside, (now) => {
  if (areaSelection.value) areaSelection.value = new Set(now.map((c) => c.id));
});
