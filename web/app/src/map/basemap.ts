/** An operator's own raster base map, in WGS 84 / CGCS2000 or shifted (GCJ-02). Configured, never built in. */
import { addProtocol } from 'maplibre-gl';
import type { Basemap } from '../api/types';
import { pieces, TILE_PX, tileUrl, xyzTemplate } from '../pure/tiles';

const PROTOCOL = 'gcj';
let installed = '';

/** The tiles address for MapLibre, or null when the datum cannot be lined up. */
export function tilesOf(basemap: Basemap): string[] | null {
  const url = basemap.url.startsWith('/') ? location.origin + basemap.url : basemap.url;
  switch (basemap.datum.toUpperCase()) {
    case 'WGS84':
    case 'CGCS2000':
      return [xyzTemplate(url)];
    case 'GCJ-02':
    case 'GCJ02':
      install(url);
      return [`${PROTOCOL}://{z}/{x}/{y}`];
    default:
      return null;
  }
}

function install(template: string): void {
  if (installed === template) return;
  installed = template;
  addProtocol(PROTOCOL, async ({ url }, abort) => {
    const [z = 0, x = 0, y = 0] = url.slice(PROTOCOL.length + 3).split('/').map(Number);
    return { data: await compose(template, { z, x, y }, abort.signal) };
  });
}

async function compose(
  template: string,
  tile: { z: number; x: number; y: number },
  signal: AbortSignal,
): Promise<ImageBitmap> {
  const board = new OffscreenCanvas(TILE_PX, TILE_PX);
  const pen = board.getContext('2d');
  await Promise.all(
    pieces(tile).map(async (piece) => {
      const answer = await fetch(tileUrl(template, piece), { signal });
      if (!answer.ok) return; // a missing neighbour leaves its corner empty, the rest still shows
      const image = await createImageBitmap(await answer.blob());
      pen?.drawImage(image, piece.left, piece.top, TILE_PX, TILE_PX);
      image.close();
    }),
  );
  return board.transferToImageBitmap();
}
