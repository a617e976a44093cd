/** Tones made on the spot: two rising ones for an urgent case, one low for a late clock. No file, no request. */
import { computed, ref, watch } from 'vue';
import { kept } from '../state/kept';

const muted = kept('alert-muted', false);
const running = ref(false);
let audio: AudioContext | null = null;

/** A browser lets a page sound only after a gesture. */
export const sound = computed(() => (muted.value ? 'muted' : running.value ? 'on' : 'blocked'));

function wake(): void {
  if (muted.value) return;
  audio ??= new AudioContext();
  const opened = audio;
  opened.resume().then(() => (running.value = opened.state === 'running'), () => undefined);
}
window.addEventListener('pointerdown', wake);
window.addEventListener('keydown', wake);
watch(muted, (quiet) => (quiet ? undefined : wake()));

export function toggleSound(): void {
  if (sound.value === 'blocked') wake();
  else muted.value = !muted.value;
}

export function play(kind: 'urgent' | 'late'): void {
  if (sound.value !== 'on' || !audio) return;
  const tones = kind === 'urgent' ? [660, 880, 660, 880] : [392];
  tones.forEach((pitch, i) => tone(audio as AudioContext, pitch, i * 0.22, kind === 'urgent' ? 0.18 : 0.5));
}

function tone(context: AudioContext, pitch: number, after: number, long: number): void {
  const [voice, loud, at] = [context.createOscillator(), context.createGain(), context.currentTime + after];
  voice.frequency.value = pitch;
  loud.gain.setValueAtTime(0.0001, at);
  loud.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
  loud.gain.exponentialRampToValueAtTime(0.0001, at + long);
  voice.connect(loud).connect(context.destination);
  voice.start(at);
  voice.stop(at + long + 0.05);
}
