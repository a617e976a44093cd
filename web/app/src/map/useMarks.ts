/** Cases, people and what belongs to the open case, as the map shows them now. */
import type { FeatureCollection } from 'geojson';
import { computed, shallowRef, watch, type Ref } from 'vue';
import { api } from '../api/client';
import { People } from '../api/large';
import { isOpen } from '../pure/queue';
import { candidatesOf } from '../pure/steps';
import { inWindow, isWhole } from '../pure/timewindow';
import { cases, selected, selectedId } from '../state/cases';
import { chosen, preview, rightPanel } from '../state/map';
import { timed, timeWindow } from '../state/mapping';
import { large } from '../state/large';
import { slowNow } from '../state/now';
import { candidatePlaces, placeInHand } from '../state/places';
import { desk } from '../state/session';
import { setData } from './engine';
import { moveData } from './large';
import { candidateFeatures, caseFeature, caseFeatures, collection, discFeatures, EMPTY, peopleFeatures, viewFeatures } from './features';
import type { MapContext } from './context';

export type Marks = ReturnType<typeof useMarks>;

export function useMarks({ map, ready, base }: MapContext, fanned: Ref<ReadonlySet<string>>) {
  const people = shallowRef<FeatureCollection>(EMPTY);
  const crowd = new People();

  /** What the time slider lets through; everything while it is closed. */
  const onMap = computed(() => {
    const all = [...cases.value.values()].filter((c) => isOpen(c) && c.point);
    const shown = isWhole(timeWindow.value) ? all : all.filter((c) => inWindow(c, timeWindow.value, slowNow.value));
    return { all: all.length, shown };
  });
  watch(onMap, ({ all, shown }) => (timed.value = { shown: shown.length, all }), { immediate: true });

  watch(
    [onMap, slowNow, desk, selectedId, ready, fanned, large],
    () => {
      const m = map.value;
      if (!m || !ready.value) return;
      const drawn = onMap.value.shown.filter((c) => !fanned.value.has(c.id));
      // The tiles show them then.
      const features = large.value ? { running: EMPTY, quiet: EMPTY } : caseFeatures(drawn, slowNow.value, desk.value, selectedId.value);
      setData(m, 'cases', features.running);
      setData(m, 'quiet', features.quiet);
    },
    { immediate: true },
  );

  /* the places that the words of the open case may mean */
  const showsPlaces = computed(() => rightPanel.value === 'case' && candidatePlaces.value.length > 0);

  watch(
    [selected, slowNow, preview, ready, chosen, base, placeInHand],
    () => {
      const m = map.value;
      if (!m || !ready.value) return;
      const case_ = selected.value;
      const feature = case_ ? caseFeature(case_, slowNow.value, desk.value) : null;
      setData(m, 'selected', collection(feature ? [feature] : []));
      const disc = preview.value ?? (case_?.point ? { at: case_.point, radius_m: case_.radius_m } : null);
      setData(m, 'disc', discFeatures(disc?.at ?? null, disc?.radius_m ?? null));
      setData(m, 'candidates', candidates());
    },
    { immediate: true },
  );

  function candidates(): FeatureCollection {
    const { communities } = base.value;
    if (!communities) return EMPTY;
    const inHand = placeInHand.value;
    // A long road lies in many grids: its line says enough.
    if (inHand && showsPlaces.value && !inHand.line.length) {
      return candidateFeatures(communities, inHand.shares.filter((g) => g.share >= 0.02).map((g) => g.code), 0);
    }
    const case_ = selected.value;
    return candidateFeatures(communities, case_ ? candidatesOf(case_).map((c) => c.community?.code ?? null) : [], chosen.value);
  }

  watch(
    [people, slowNow, ready],
    () => {
      if (!map.value || !ready.value) return;
      const drawn = peopleFeatures(people.value, slowNow.value);
      moveData(map.value, 'people', drawn.people);
      setData(map.value, 'posts', drawn.posts);
    },
    { immediate: true },
  );

  async function readPeople(): Promise<void> {
    people.value = await crowd.read().catch(() => people.value);
  }
  async function readCameras(): Promise<void> {
    const cameras = await api.layer('cameras').catch(() => EMPTY);
    if (!map.value) return;
    setData(map.value, 'cameras', cameras);
    setData(map.value, 'views', viewFeatures(cameras));
  }
  return { people, onMap, showsPlaces, readPeople, readCameras };
}
