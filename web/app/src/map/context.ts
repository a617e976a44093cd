/** What the parts of the live map share: the map itself, its frame, and whether it can be drawn on yet. */
import type { Ref, ShallowRef } from 'vue';
import type { BaseLayers, GlMap } from './engine';

export interface MapContext {
  map: ShallowRef<GlMap | null>;
  frame: Ref<HTMLElement | undefined>;
  ready: Ref<boolean>;
  base: ShallowRef<BaseLayers>;
  /** Before the log-in: areas and streets only. */
  bare: boolean;
}

export const stillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;
