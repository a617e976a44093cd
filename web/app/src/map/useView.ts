/** Where the map stands. It never moves by itself, but in the follow mode that the operator has chosen. */
import { computed, ref, watch } from 'vue';
import type { LonLat } from '../api/types';
import { bounds, ringsOf, type Box } from '../pure/geometry';
import { keep, readKept } from '../state/kept';
import { bringIntoView, follow } from '../state/map';
import { desk } from '../state/session';
import type { GlMap } from './engine';
import { stillness, type MapContext } from './context';

export type View = ReturnType<typeof useView>;

export function useView(context: MapContext) {
  const { map, frame, ready, base, bare } = context;
  const moves = ref(0);
  const place = ref('');
  const metresPerPx = ref(3);
  /** Whether the operator has put the map where it is. */
  const moved = ref(false);

  function measure(): void {
    moves.value += 1;
    const m = map.value;
    if (m) metresPerPx.value = (78_271.517 * Math.cos((m.getCenter().lat * Math.PI) / 180)) / 2 ** m.getZoom();
  }

  function attend(m: GlMap): void {
    m.on('move', measure);
    m.on('resize', measure);
    m.on('movestart', (event) => {
      if (!event.originalEvent) return;
      moved.value = true;
      follow.value = 'off';
    });
    m.on('moveend', () => {
      const c = m.getCenter();
      place.value = `${c.lng.toFixed(6)},${c.lat.toFixed(6)},${m.getZoom().toFixed(3)}`;
      if (!bare) keep(`view.${desk.value}`, [c.lng, c.lat, m.getZoom(), moved.value]);
    });
  }

  /** Where a place is on the screen now, in pixels of the frame; follows every move. */
  function pixel(at: LonLat): { x: number; y: number } {
    void moves.value;
    const p = map.value?.project([at.lon, at.lat]);
    return p ? { x: Math.round(p.x), y: Math.round(p.y) } : { x: -999, y: -999 };
  }
  function spot(at: LonLat): { transform: string } {
    const p = pixel(at);
    return { transform: `translate(${p.x}px, ${p.y}px)` };
  }
  /** Pop-ups open towards the roomier side. */
  function side(at: LonLat): string {
    const p = pixel(at);
    const box = frame.value;
    if (!box) return '';
    return `${p.y > box.clientHeight * 0.5 ? 'up' : 'down'} ${p.x > box.clientWidth - 350 ? 'west' : 'east'}`;
  }

  /** The view one left, or the desk's own 片区 with room for legend and layer list. */
  function lookAtDesk(): void {
    const m = map.value;
    if (!m) return;
    const left = bare ? null : readKept<[number, number, number, boolean?] | null>(`view.${desk.value}`, null);
    if (left) {
      moved.value = left[3] ?? true;
      m.jumpTo({ center: [left[0], left[1]], zoom: left[2] });
    } else {
      fit(desk.value);
    }
    measure();
  }

  /** Before the log-in the street stands beside the panel, where there is room for both. */
  function bareSide(): number {
    return (frame.value?.clientWidth ?? 0) > 1100 ? 640 : 56;
  }

  function fit(code: string | null): void {
    const area = code ? base.value.sectors?.features.filter((f) => f.properties?.code === code) : base.value.street?.features;
    const box = bounds((area ?? []).flatMap((f) => ringsOf(f.geometry)));
    if (!Number.isFinite(box[0])) return;
    map.value?.fitBounds(box, { padding: { top: 24, bottom: 40, left: 24, right: bare ? bareSide() : 56 }, animate: false });
  }

  function look(points: LonLat[], most = 17): void {
    const box: Box = bounds([points.map((p) => [p.lon, p.lat])]);
    if (!Number.isFinite(box[0])) return;
    map.value?.fitBounds(box, { padding: { top: 48, bottom: 64, left: 64, right: 72 }, maxZoom: most, duration: stillness() ? 0 : 350 });
  }

  function goTo(at: LonLat, zoom?: number): void {
    map.value?.easeTo({ center: [at.lon, at.lat], ...(zoom ? { zoom } : {}), duration: stillness() ? 0 : 350 });
  }
  function closer(at: LonLat): void {
    goTo(at, Math.min(19, (map.value?.getZoom() ?? 15) + 2));
  }

  function zoom(step: number): void {
    moved.value = true;
    map.value?.zoomTo((map.value.getZoom() ?? 14) + step, { duration: 150 });
  }

  function middle(): LonLat | null {
    const c = map.value?.getCenter();
    return c ? { lon: c.lng, lat: c.lat } : null;
  }

  watch(desk, () => ready.value && lookAtDesk());
  watch(bringIntoView, (wanted) => {
    const box = frame.value;
    if (!map.value || !box || !wanted) return;
    const { x, y } = pixel(wanted.at);
    const inSight = x > 40 && y > 40 && x < box.clientWidth - 60 && y < box.clientHeight - 40;
    if (!inSight) goTo(wanted.at);
  });

  /** How near a click means the thing itself, in metres. */
  const reach = computed(() => Math.max(5, Math.round(metresPerPx.value * 6)));
  return { moves, place, metresPerPx, moved, reach, attend, measure, pixel, spot, side, lookAtDesk, fit, look, goTo, closer, zoom, middle };
}
