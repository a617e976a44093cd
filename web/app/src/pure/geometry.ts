/**
 * Plane geometry in local metres, good to a few millimetres per kilometre over a street. The server decides; this
 * only draws (discs, wedges, the line to the border) and places names.
 */
import type { LonLat } from '../api/types';
import type { FeatureCollection, Geometry, LineString, MultiPolygon, Polygon, Position } from 'geojson';

const A = 6_378_137;
const E2 = 0.006_694_380_022_9; // CGCS2000
const RAD = Math.PI / 180;

export type XY = [number, number];

/** Metres east and north of an origin, by the ellipsoid's two radii there. */
export class Plane {
  private readonly east: number;
  private readonly north: number;
  readonly origin: LonLat;

  constructor(origin: LonLat) {
    this.origin = origin;
    const s = Math.sin(origin.lat * RAD);
    const w = 1 - E2 * s * s;
    this.north = (RAD * A * (1 - E2)) / w ** 1.5;
    this.east = (RAD * A * Math.cos(origin.lat * RAD)) / Math.sqrt(w);
  }

  to([lon, lat]: Position | XY): XY {
    return [((lon ?? 0) - this.origin.lon) * this.east, ((lat ?? 0) - this.origin.lat) * this.north];
  }

  back([x, y]: XY): XY {
    return [this.origin.lon + x / this.east, this.origin.lat + y / this.north];
  }
}

/** All rings of an area, or the one line of a line. */
export function ringsOf(geometry: Geometry): Position[][] {
  switch (geometry.type) {
    case 'Polygon':
      return geometry.coordinates;
    case 'MultiPolygon':
      return geometry.coordinates.flat();
    case 'LineString':
      return [geometry.coordinates];
    case 'MultiLineString':
      return geometry.coordinates;
    default:
      return [];
  }
}

export interface Nearest {
  point: LonLat;
  distance_m: number;
}

/** The point of these lines nearest to `from`. */
export function nearestOn(lines: Position[][], from: LonLat): Nearest | null {
  const plane = new Plane(from);
  let best: { at: XY; d: number } | null = null;
  for (const line of lines) {
    for (let i = 1; i < line.length; i += 1) {
      const [a, b] = [line[i - 1], line[i]];
      if (!a || !b) continue;
      const at = nearestOfSegment(plane.to(a), plane.to(b));
      const d = Math.hypot(...at);
      if (!best || d < best.d) best = { at, d };
    }
  }
  if (!best) return null;
  const [lon, lat] = plane.back(best.at);
  return { point: { lon, lat }, distance_m: best.d };
}

function nearestOfSegment([ax, ay]: XY, [bx, by]: XY): XY {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const t = length2 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2)) : 0;
  return [ax + t * dx, ay + t * dy];
}

/** A disc of the real radius. */
export function disc(centre: LonLat, radiusM: number, steps = 72): Polygon {
  const plane = new Plane(centre);
  const ring = Array.from({ length: steps + 1 }, (_, i) => {
    const a = (2 * Math.PI * (i % steps)) / steps;
    return plane.back([radiusM * Math.cos(a), radiusM * Math.sin(a)]);
  });
  return { type: 'Polygon', coordinates: [ring] };
}

/** What a camera sees: heading clockwise from north, the opening angle, the reach in metres. */
export function wedge(at: LonLat, heading: number, fov: number, reachM: number): Polygon {
  if (fov >= 359) return disc(at, reachM);
  const plane = new Plane(at);
  const steps = Math.max(6, Math.round(fov / 5));
  const arc = Array.from({ length: steps + 1 }, (_, i) => {
    const a = (heading - fov / 2 + (fov * i) / steps) * RAD;
    return plane.back([reachM * Math.sin(a), reachM * Math.cos(a)]);
  });
  const tip: XY = [at.lon, at.lat];
  return { type: 'Polygon', coordinates: [[tip, ...arc, tip]] };
}

export function contains(area: Polygon | MultiPolygon, [x, y]: XY): boolean {
  let inside = false;
  for (const ring of ringsOf(area)) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const [xi = 0, yi = 0] = ring[i] ?? [];
      const [xj = 0, yj = 0] = ring[j] ?? [];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
    }
  }
  return inside;
}

/** A point well inside an area, for its name: the roomiest of a grid, refined twice. */
export function roomiest(area: Polygon | MultiPolygon): XY {
  const rings = ringsOf(area);
  const box = bounds(rings);
  let best: XY = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  let [w, h] = [box[2] - box[0], box[3] - box[1]];
  let room = -1;
  for (let round = 0; round < 3; round += 1) {
    const [cx, cy] = best;
    for (let i = 0; i <= 12; i += 1) {
      for (let j = 0; j <= 12; j += 1) {
        const p: XY = [cx + (i / 12 - 0.5) * w, cy + (j / 12 - 0.5) * h];
        if (!contains(area, p)) continue;
        const d = nearestOn(rings, { lon: p[0], lat: p[1] })?.distance_m ?? 0;
        if (d > room) [room, best] = [d, p];
      }
    }
    [w, h] = [w / 6, h / 6];
  }
  return best;
}

export type Box = [number, number, number, number];

export function bounds(rings: Position[][]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of rings.flat()) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

export interface NamedSpot {
  name: string;
  at: XY;
}

/**
 * Where to write the neighbours' names: just outside the street, in the middle of the stretch of border each shares.
 * Their own centres lie kilometres off the screen.
 */
export function namesAround(street: Polygon | MultiPolygon, neighbours: FeatureCollection, outM = 260): NamedSpot[] {
  const ring = ringsOf(street)[0] ?? [];
  const [lon, lat] = roomiest(street);
  const plane = new Plane({ lon, lat });
  const path = resample(ring.map((p) => plane.to(p)), 60);
  const owners = path.map((p, i) => {
    const q = path[(i + 1) % path.length] ?? p;
    const [dx, dy] = [q[0] - p[0], q[1] - p[1]];
    const l = Math.hypot(dx, dy) || 1;
    for (const side of [1, -1]) {
      const out = plane.back([p[0] + (side * outM * dy) / l, p[1] - (side * outM * dx) / l]);
      if (contains(street, out)) continue;
      const owner = neighbours.features.find((n) => isArea(n.geometry) && contains(n.geometry, out));
      return owner ? { name: String(owner.properties?.name ?? ''), at: out } : null;
    }
    return null;
  });
  const spots: NamedSpot[] = [];
  let run: NamedSpot[] = [];
  for (const spot of [...owners, null]) {
    if (spot && (!run[0] || run[0].name === spot.name)) {
      run.push(spot);
      continue;
    }
    const middle = run[Math.floor(run.length / 2)];
    if (middle && run.length >= 6) spots.push(middle);
    run = spot ? [spot] : [];
  }
  return spots;
}

function resample(path: XY[], step: number): XY[] {
  const points: XY[] = [];
  let carry = 0;
  for (let i = 1; i < path.length; i += 1) {
    const [a, b] = [path[i - 1], path[i]];
    if (!a || !b) continue;
    const l = Math.hypot(b[0] - a[0], b[1] - a[1]);
    for (let d = carry; d < l; d += step) points.push([a[0] + ((b[0] - a[0]) * d) / l, a[1] + ((b[1] - a[1]) * d) / l]);
    carry = (((carry - l) % step) + step) % step;
  }
  return points;
}

export function isArea(geometry: Geometry | null): geometry is Polygon | MultiPolygon {
  return geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon';
}

export function isLine(geometry: Geometry | null): geometry is LineString {
  return geometry?.type === 'LineString';
}

/** A round length for a scale bar of at most `maxPx`, and how long it is drawn. */
export function scaleBar(metresPerPx: number, maxPx: number): { metres: number; px: number } {
  const most = metresPerPx * maxPx;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
  return { metres, px: Math.round(metres / metresPerPx) };
}

export function metresWords(m: number): string {
  return m >= 1000 ? `${(m / 1000).toFixed(m < 10_000 && m % 1000 ? 1 : 0)} 公里` : `${Math.round(m)} 米`;
}
