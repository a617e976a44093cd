/** Where the phone is: watched while somebody looks; told to the desk only on duty and by an own switch. */
import { computed, ref, shallowRef, watch } from 'vue';
import { ApiProblem } from '../api/client';
import { fieldApi } from '../api/field';
import type { Force } from '../api/types';
import { isWorthSending, type Fix } from '../pure/field';
import { kept } from '../state/kept';
import { serverNow } from '../state/now';
import { post } from '../state/session';

export type FixState = 'unknown' | 'asking' | 'known' | 'refused';
export const fix = shallowRef<Fix | null>(null);
export const fixState = ref<FixState>('unknown');
export const duty = shallowRef<Force | null>(null);
export const dutyKnown = ref(false);
export const sharing = kept('field.sharing', false);
export const toldAt = ref<number | null>(null);
export const shareTrouble = ref<string[]>([]);
export const shares = computed(() => sharing.value && duty.value?.on_duty === true);

let watching: number | null = null;
let told: Fix | null = null;
let device: string | null | undefined;

export function startWatching(): void {
  if (watching !== null || !navigator.geolocation) return;
  fixState.value = 'asking';
  watching = navigator.geolocation.watchPosition(
    ({ coords }) => {
      fix.value = { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.max(1, Math.round(coords.accuracy)), at: serverNow() };
      fixState.value = 'known';
    },
    (trouble) => {
      if (trouble.code !== trouble.PERMISSION_DENIED) return; // no satellites just now: the watch goes on
      fixState.value = 'refused';
      stopWatching();
    },
    { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 },
  );
}
export function stopWatching(): void {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
}

/** Nobody is asked before pressing; who has allowed it before is not asked again. */
export async function watchIfAllowed(): Promise<void> {
  const answer = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
  if (answer?.state === 'granted') startWatching();
}

export async function readDuty(): Promise<void> {
  const list = await fieldApi.duty();
  const own = list.forces.filter((f) => f.post === post.value.id);
  duty.value = own.find((f) => f.on_duty) ?? own[0] ?? null;
  dutyKnown.value = true;
}

export async function findDevice(): Promise<string | null> {
  if (device === undefined) {
    const found = (await fieldApi.personnel()).features.find((f) => f.properties?.post === post.value.id);
    device = found ? String(found.properties?.id ?? found.id) : null;
  }
  return device;
}

async function tell(next: Fix): Promise<void> {
  if (!shares.value || !isWorthSending(told, next)) return;
  const before = told;
  told = next;
  try {
    const id = await findDevice();
    if (!id) return;
    await fieldApi.position({ device_id: id, lon: next.lon, lat: next.lat, crs: 'WGS84', accuracy_m: next.accuracy_m, fix_at: new Date(next.at).toISOString() });
    [toldAt.value, shareTrouble.value] = [next.at, []];
  } catch (cause) {
    if (!(cause instanceof ApiProblem)) throw cause;
    if (cause.status === 0) told = before;
    else shareTrouble.value = cause.lines;
  }
}
watch([fix, shares], ([next]) => {
  if (next) void tell(next);
});
watch(shares, (on) => {
  if (on) startWatching();
});
watch(() => post.value.id, () => {
  [device, told, duty.value, dutyKnown.value] = [undefined, null, null, false];
});
