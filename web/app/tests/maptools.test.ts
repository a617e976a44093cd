import type { FeatureCollection } from 'geojson';
import { describe, expect, it } from 'vitest';
import { dayOf, trackFeatures } from '../src/map/track';
import { FAN_MOST, fanMembers, fanSpots } from '../src/pure/fan';
import { Plane } from '../src/pure/geometry';
import { areaOf, areaWords, distance, lengthOf, lengthWords } from '../src/pure/measuring';
import { casesInside, countByTab, isInside } from '../src/pure/selecting';
import { classesFor, loadsOf, strengthOf, valueOf } from '../src/pure/shading';
import { advance, inWindow, isWhole, WHOLE, windowWords } from '../src/pure/timewindow';
import { CANGCHANG, due, made } from './make';

const NOW = Date.parse('2026-03-11T09:31:00+08:00');
const MIDDLE = { lon: 121.26, lat: 31.38 };
const plane = new Plane(MIDDLE);
const at = (x: number, y: number) => {
  const [lon, lat] = plane.back([x, y]);
  return { lon, lat };
};
const SQUARE = [at(0, 0), at(200, 0), at(200, 200), at(0, 200)];

describe('measuring', () => {
  it('adds up the stretches, to a centimetre', () => {
    expect(lengthOf(SQUARE)).toBeCloseTo(600, 1);
    expect(distance(at(0, 0), at(300, 400))).toBeCloseTo(500, 1);
    expect(lengthOf([])).toBe(0);
  });

  it('tells the area whichever way round, and none of a line', () => {
    expect(areaOf(SQUARE)).toBeCloseTo(40_000, -1);
    expect(areaOf([...SQUARE].reverse())).toBeCloseTo(areaOf(SQUARE), 3);
    expect(areaOf(SQUARE.slice(0, 2))).toBe(0);
  });

  it('says it in the forms people use', () => {
    expect([86.43, 320, 1262, 12_600].map(lengthWords)).toEqual(['86.4 米', '320 米', '1.26 公里', '12.6 公里']);
    expect([640, 12_500, 250_000, 3_200_000].map(areaWords)).toEqual(['640 m²', '1.25 公顷', '25.0 公顷', '3.20 平方公里']);
  });
});

describe('selecting', () => {
  const near = made({ id: 'near', point: at(10, 10) });
  const far = made({ id: 'far', point: at(260, 0), status: 'accepted' });
  it('takes the open cases inside a circle', () => {
    const circle = { kind: 'circle' as const, centre: MIDDLE, radius_m: 250 };
    const shut = made({ id: 'shut', status: 'closed' });
    const nowhere = made({ id: 'nowhere', point: null });
    expect(casesInside([near, far, shut, nowhere], circle).map((c) => c.id)).toEqual(['near']);
    expect(isInside({ ...circle, radius_m: 261 }, at(260, 0))).toBe(true);
  });

  it('takes those inside a polygon, and none while it is a line', () => {
    expect(casesInside([near, far], { kind: 'polygon', points: SQUARE }).map((c) => c.id)).toEqual(['near']);
    expect(casesInside([near, far], { kind: 'polygon', points: SQUARE.slice(0, 2) })).toEqual([]);
  });

  it('counts them by tab', () => {
    expect(countByTab([near, far], NOW, '140901')).toEqual([['todo', 1], ['received', 1], ['to_dispatch', 1]]);
  });
});

describe('shading', () => {
  const ring = [...SQUARE, SQUARE[0]].map((p) => [p?.lon ?? 0, p?.lat ?? 0]);
  const communities: FeatureCollection = {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { code: CANGCHANG.code } }],
  };
  it('counts open and overdue cases and the square kilometres', () => {
    const load = loadsOf(communities, [made(), made({ clock: due('09:10') }), made({ status: 'closed' })], NOW).get(CANGCHANG.code);
    expect(load).toMatchObject({ open: 2, overdue: 1 });
    expect(load?.area_km2).toBeCloseTo(0.04, 4);
    expect(load && valueOf(load, 'density')).toBeCloseTo(50, 1);
  });

  it('has round classes without gaps, the empty one apart', () => {
    expect(classesFor([0, 0]).map((c) => c.label)).toEqual(['0']);
    expect(classesFor([3, 1]).map((c) => c.label)).toEqual(['0', '1', '2', '3']);
    expect(classesFor([31]).map((c) => c.label)).toEqual(['0', '1–10', '11–20', '21–30', '31–40']);
  });

  it('gives every value its class: more is darker', () => {
    const classes = classesFor([31]);
    const shades = [0, 0.4, 10.5, 22, 31].map((v) => strengthOf(v, classes));
    expect(shades[0]).toBe(0);
    expect([...shades].sort((a, b) => a - b)).toEqual(shades);
    expect(new Set(shades).size).toBe(5);
  });
});

describe('the time window', () => {
  const received = (hhmm: string) => made({ received_at: `2026-03-11T${hhmm}:00+08:00` });
  it('leaves out what came before it and after it', () => {
    const w = { from: 46, to: 47 }; // 08:31 to 09:01
    expect(['08:30', '08:31', '09:00', '09:01'].map((t) => inWindow(received(t), w, NOW))).toEqual([false, true, true, false]);
    expect(inWindow(made({ received_at: '2026-03-01T09:00:00+08:00' }), { from: 0, to: 10 }, NOW)).toBe(true);
  });

  it('plays from a day ago to now, then anew', () => {
    expect(advance(WHOLE)).toEqual({ from: 0, to: 4 });
    expect(advance({ from: 3, to: 9 })).toEqual({ from: 4, to: 10 });
    expect(advance({ from: 44, to: 48 })).toEqual({ from: 0, to: 4 });
    expect(isWhole({ from: 0, to: 47 })).toBe(false);
  });

  it('says which it is', () => {
    const w = { until: '截至', now: '现在', yesterday: '昨天 ' };
    expect(windowWords({ from: 0, to: 47 }, NOW, w)).toBe('截至09:01');
    expect(windowWords({ from: 4, to: 8 }, NOW, w)).toBe('昨天 11:31–13:31');
    expect(windowWords({ from: 44, to: 48 }, NOW, w)).toBe('07:31–现在');
  });
});

describe('a fan', () => {
  it('sets its symbols apart, each where a hand can hit it', () => {
    for (let n = 2; n <= FAN_MOST; n += 1) {
      const spots = fanSpots(n);
      expect(spots).toHaveLength(n);
      spots.forEach((a, i) => spots.slice(i + 1).forEach((b) => expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(28)));
    }
  });

  it('survives a refresh: old ones stay in place, new ones join behind', () => {
    expect(fanMembers(['a', 'b', 'c'], ['d', 'c', 'a'])).toEqual(['a', 'c', 'd']);
  });
});

describe('a track', () => {
  it('is marked with the time at both ends and about every quarter of an hour', () => {
    const minutes = [0, 5, 16, 20, 29, 32];
    const coordinates = minutes.map((m) => [121.26 + m / 10_000, 31.38]);
    const times = minutes.map((m) => new Date(NOW + m * 60_000).toISOString());
    const features = trackFeatures({ type: 'Feature', geometry: { type: 'LineString', coordinates }, properties: { times, count: 6 } });
    expect(features.map((f) => f.properties?.time)).toEqual([undefined, '09:31', '09:47', '10:03']);
    expect(trackFeatures({ type: 'Feature', geometry: null, properties: { times: [], count: 0 } })).toEqual([]);
  });

  it('asks for the day in Shanghai', () => {
    expect(dayOf(Date.parse('2026-03-10T23:30:00Z'))).toBe('2026-03-11');
  });
});
