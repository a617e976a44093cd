import { kept } from './kept';

export const queueFolded = kept('queue.folded', false);
export const caseFolded = kept('case.folded', false);
/** Widths by which the operator moved the edges, in pixels; 0 is the default of the tokens. */
export const queueWidth = kept('queue.width', 0);
export const caseWidth = kept('case.width', 0);

const LAYERS = {
  cases: true,
  cameras: true,
  personnel: true,
  stations: true,
  posts: true,
  grids: true,
  police: false,
  places: true,
  heat: false,
  coverage: false,
  basemap: true,
};
export const layersShown = kept('layers', LAYERS);
// A layer that is newer than what the browser remembers begins as it is meant to.
layersShown.value = { ...LAYERS, ...layersShown.value };
export type LayerName = keyof typeof layersShown.value;
