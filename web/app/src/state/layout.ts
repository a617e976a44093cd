import { kept } from './kept';

export const queueFolded = kept('queue.folded', false);
export const caseFolded = kept('case.folded', false);
/** Widths by which the operator moved the edges, in pixels; 0 is the default of the tokens. */
export const queueWidth = kept('queue.width', 0);
export const caseWidth = kept('case.width', 0);

export const layersShown = kept('layers', {
  cases: true,
  cameras: true,
  personnel: true,
  grids: true,
  police: false,
  places: true,
  basemap: true,
});
export type LayerName = keyof typeof layersShown.value;
