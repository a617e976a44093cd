/** Whose is this, who is near, which camera sees it: the right button, a long touch, the middle, a place looked for. */
import type { MapTouchEvent } from 'maplibre-gl';
import { watch } from 'vue';
import { readAround } from '../api/around';
import { api, ApiProblem } from '../api/client';
import type { LonLat } from '../api/types';
import { forces, openNewCase, soughtPlace, tool, whose } from '../state/map';
import { words } from '../words';
import type { GlMap } from './engine';
import type { MapContext } from './context';
import type { View } from './useView';

const HOLD_MS = 600;

export function useWhose({ map, bare }: MapContext, view: View, clear: () => void) {
  let asked = 0;
  async function ask(at: LonLat, accuracy_m: number, title: string = words.whose.title): Promise<void> {
    asked += 1;
    const mine = asked;
    Object.assign(whose, { at, accuracy_m, title, answer: null, around: null, trouble: '' });
    forces.value = null;
    const around = api.reverse({ ...at, crs: 'CGCS2000' }).catch(() => null); // whose it is can be said without it
    const near = readAround(at);
    try {
      const answer = await api.assign({ ...at, crs: 'CGCS2000', accuracy_m });
      if (mine === asked) whose.answer = answer;
    } catch (cause) {
      if (!(cause instanceof ApiProblem)) throw cause;
      if (mine === asked) whose.trouble = cause.lines.join('；');
    }
    const [told, who] = [await around, await near];
    if (mine !== asked) return;
    whose.around = told;
    forces.value = who;
  }

  function whereIs(at: LonLat): void {
    if (bare) return;
    clear();
    void ask(at, view.reach.value, words.whose.here);
  }
  function whereIsMiddle(): void {
    const at = view.middle();
    if (at) whereIs(at);
  }

  let holding: ReturnType<typeof setTimeout> | undefined;
  function attend(m: GlMap): void {
    m.on('contextmenu', (event) => {
      event.preventDefault();
      whereIs({ lon: event.lngLat.lng, lat: event.lngLat.lat });
    });
    m.on('touchstart', (event: MapTouchEvent) => {
      clearTimeout(holding);
      if (event.points.length !== 1) return;
      holding = setTimeout(() => whereIs({ lon: event.lngLat.lng, lat: event.lngLat.lat }), HOLD_MS);
    });
    for (const over of ['touchend', 'touchcancel', 'movestart'] as const) m.on(over, () => clearTimeout(holding));
  }

  watch(soughtPlace, (sought) => {
    if (!sought || !map.value) return;
    view.moved.value = true;
    clear();
    if (!sought.at) return view.look(sought.line);
    view.goTo(sought.at, Math.max(16, map.value.getZoom()));
    void ask(sought.at, Math.max(5, Math.round(sought.accuracy_m)), sought.title);
  });

  function newHere(): void {
    if (!whose.at) return;
    const at = { ...whose.at, accuracy_m: whose.accuracy_m };
    tool.value = 'none';
    whose.at = null;
    openNewCase(at);
  }
  return { ask, whereIsMiddle, newHere, attend };
}
