/** Grids shaded by what happens in them, heat, and the ground that no camera sees. */
import type { Feature, FeatureCollection } from 'geojson';
import { watch } from 'vue';
import { readCoverage } from '../api/around';
import { classesFor, loadsOf, strengthOf, valueOf } from '../pure/shading';
import { layersShown } from '../state/layout';
import { coverage, coverageState, shadeClasses, shading } from '../state/mapping';
import { slowNow } from '../state/now';
import { desk } from '../state/session';
import { setData } from './engine';
import { collection, EMPTY } from './features';
import type { MapContext } from './context';
import type { Marks } from './useMarks';

export function useShading({ map, ready, base, bare }: MapContext, { onMap }: Marks): void {
  watch(
    [shading, onMap, slowNow, base, ready],
    () => {
      const { communities } = base.value;
      if (!map.value || !ready.value || bare) return;
      if (shading.value === 'off' || !communities) {
        shadeClasses.value = [];
        return setData(map.value, 'shade', EMPTY);
      }
      const loads = loadsOf(communities, onMap.value.shown, slowNow.value);
      const classes = classesFor([...loads.values()].map((load) => valueOf(load, shading.value)));
      shadeClasses.value = classes;
      const features = communities.features.flatMap((f): Feature[] => {
        const load = loads.get(String(f.properties?.code));
        const strength = load ? strengthOf(valueOf(load, shading.value), classes) : 0;
        return strength ? [{ type: 'Feature', geometry: f.geometry, properties: { strength } }] : [];
      });
      setData(map.value, 'shade', collection(features));
    },
    { immediate: true },
  );

  watch(
    [() => layersShown.value.heat, onMap, ready],
    ([shown]) => {
      if (!map.value || !ready.value || bare) return;
      const spots = shown ? onMap.value.shown.flatMap((c): Feature[] => (c.point ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: [c.point.lon, c.point.lat] }, properties: {} }] : [])) : [];
      setData(map.value, 'heat', collection(spots));
    },
    { immediate: true },
  );

  watch(
    [() => layersShown.value.coverage, desk, ready],
    async ([shown]) => {
      if (!map.value || !ready.value || bare) return;
      if (!shown) {
        [coverage.value, coverageState.value] = [null, 'off'];
        return setData(map.value, 'uncovered', EMPTY);
      }
      coverageState.value = 'asking';
      const told = await readCoverage(desk.value);
      if (!layersShown.value.coverage || !map.value) return;
      [coverage.value, coverageState.value] = [told, told ? 'there' : 'missing'];
      setData(map.value, 'uncovered', told ? asCollection(told.uncovered) : EMPTY);
    },
    { immediate: true },
  );
}

function asCollection(shape: FeatureCollection | Feature | Feature['geometry']): FeatureCollection {
  if (shape.type === 'FeatureCollection') return shape;
  if (shape.type === 'Feature') return collection([shape]);
  return collection([{ type: 'Feature', geometry: shape, properties: {} }]);
}
