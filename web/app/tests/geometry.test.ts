import { readFileSync } from 'node:fs';
import type { FeatureCollection, Polygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import { contains, disc, metresWords, namesAround, nearestOn, Plane, ringsOf, roomiest, scaleBar, wedge } from '../src/pure/geometry';

const HERE = { lon: 121.2632, lat: 31.3845 };

describe('local metres', () => {
  it('agree with the ellipsoid to a millimetre over a kilometre', () => {
    // Degrees of CGCS2000 at 31.3845 N: 110 866.6 m of latitude, 95 144.8 m of longitude.
    const [east, north] = new Plane(HERE).to([HERE.lon + 0.01, HERE.lat + 0.01]);
    expect(east).toBeCloseTo(951.45, 0);
    expect(north).toBeCloseTo(1108.7, 0);
    const back = new Plane(HERE).back([east, north]);
    expect(back[0]).toBeCloseTo(HERE.lon + 0.01, 12);
  });
});

describe('the line to the nearest border', () => {
  const plane = new Plane(HERE);
  const line = [[plane.back([100, -500]), plane.back([100, 500])]];

  it('meets a segment at a right angle', () => {
    const found = nearestOn(line, HERE);
    expect(found?.distance_m).toBeCloseTo(100, 6);
    expect(found?.point.lat).toBeCloseTo(HERE.lat, 9);
  });

  it('ends at the end of the line', () => {
    const [lon, lat] = plane.back([100, 800]);
    expect(nearestOn(line, { lon, lat })?.distance_m).toBeCloseTo(300, 3);
  });

  it('is null without a border', () => {
    expect(nearestOn([], HERE)).toBeNull();
    expect(nearestOn([[[121, 31]]], HERE)).toBeNull();
  });
});

describe('what is drawn with real sizes', () => {
  it('a disc has its radius in metres in every direction', () => {
    const ring = disc(HERE, 100).coordinates[0] ?? [];
    const plane = new Plane(HERE);
    for (const p of ring) expect(Math.hypot(...plane.to(p))).toBeCloseTo(100, 6);
    expect(ring[0]).toEqual(ring.at(-1));
  });

  it('a wedge opens around its heading, clockwise from north', () => {
    const view = wedge(HERE, 90, 60, 100);
    const at = (e: number, n: number): [number, number] => new Plane(HERE).back([e, n]);
    expect(contains(view, at(80, 0))).toBe(true);
    expect(contains(view, at(80, 40))).toBe(true);
    expect(contains(view, at(80, 60))).toBe(false);
    expect(contains(view, at(-10, 0))).toBe(false);
  });

  it('a camera that sees all round is a disc', () => {
    expect(contains(wedge(HERE, 0, 360, 50), new Plane(HERE).back([-40, 0]))).toBe(true);
  });
});

describe('scale bar', () => {
  it('is a round length that fits', () => {
    expect(scaleBar(3.125, 90)).toEqual({ metres: 200, px: 64 });
    expect(scaleBar(0.2, 90)).toEqual({ metres: 10, px: 50 });
    expect(metresWords(200)).toBe('200 米');
    expect(metresWords(1500)).toBe('1.5 公里');
    expect(metresWords(2000)).toBe('2 公里');
  });
});

describe('names are written inside, or just outside, of what they name', () => {
  // The shipped boundaries; the front end must cope with the real outlines, not with squares.
  const read = (name: string): FeatureCollection =>
    JSON.parse(readFileSync(new URL(`../../../boundaries/data/${name}.geojson`, import.meta.url), 'utf8')) as FeatureCollection;

  it('every community has a point well inside', () => {
    for (const f of read('communities').features) {
      const area = f.geometry as Polygon;
      const spot = roomiest(area);
      expect(contains(area, spot)).toBe(true);
      expect(nearestOn(ringsOf(area), { lon: spot[0], lat: spot[1] })?.distance_m).toBeGreaterThan(60);
    }
  });

  it('the neighbours around the street are named outside of it', () => {
    const street = read('street').features[0]?.geometry as Polygon;
    const spots = namesAround(street, read('neighbours'));
    expect(new Set(spots.map((s) => s.name))).toContain('马陆镇');
    expect(new Set(spots.map((s) => s.name))).toContain('嘉定镇街道');
    for (const spot of spots) expect(contains(street, spot.at)).toBe(false);
  });
});
