/** Printing: a WebGL picture is gone after its frame, so one frame is kept as an image for the printer's sheet. */
import { nextTick, shallowRef } from 'vue';
import type { MapContext } from './context';

export interface Printed {
  src: string;
  /** The picture's size on the screen: the scale bar is a share of its width, whatever the paper's size. */
  width: number;
  height: number;
  metres_per_px: number;
  at: number;
}

export function usePrint({ map }: MapContext, metresPerPx: () => number, now: () => number) {
  const printed = shallowRef<Printed | null>(null);

  async function take(): Promise<void> {
    const m = map.value;
    if (!m) return;
    await new Promise<void>((settled) => {
      m.once('render', () => {
        const canvas = m.getCanvas();
        printed.value = { src: canvas.toDataURL('image/png'), width: canvas.clientWidth, height: canvas.clientHeight, metres_per_px: metresPerPx(), at: now() };
        settled();
      });
      m.triggerRepaint();
    });
    await nextTick();
    const picture = document.querySelector<HTMLImageElement>('img.printed');
    await picture?.decode().catch(() => undefined); // an image that is not decoded yet prints as a blank
  }

  async function print(): Promise<void> {
    await take();
    window.print(); // waits until the printer's window is closed
    printed.value = null;
  }
  return { printed, print };
}
