/** Source is shape, class is ring. One set of outlines for the queue (SVG) and the map (canvas). */
import type { Case } from '../api/types';

export type Shape = 'circle' | 'square' | 'triangle' | 'diamond' | 'hexagon' | 'star';
export type Ring = 'none' | 'single' | 'double' | 'dashed';

const SHAPES: Record<string, Shape> = {
  '12345': 'circle',
  grid: 'square',
  '12319': 'triangle',
  '110': 'diamond',
  department: 'hexagon',
  station: 'hexagon',
  video_patrol: 'star',
  inspection: 'star',
  machine: 'star',
};

export function shapeOf(source: string): Shape {
  return SHAPES[source] ?? 'circle';
}

export type CaseClass = 'community_level' | 'joint' | 'repeat' | 'supervised' | 'urgent';
type Classed = Pick<Case, 'source' | 'urgent' | 'supervised'> & Partial<Pick<Case, 'kind' | 'grades'>>;

/** As accepted; before, the door's default (A-15) and what the source states. */
export function classOf(case_: Classed): CaseClass {
  const grades = case_.grades ?? [];
  if (case_.urgent || grades.includes('urgent') || grades.includes('major')) return 'urgent';
  if (case_.supervised || grades.includes('supervised')) return 'supervised';
  if (grades.includes('repeat')) return 'repeat';
  if (case_.kind) return case_.kind;
  return case_.source === 'department' || case_.source === 'station' ? 'joint' : 'community_level';
}

export function ringOf(case_: Classed): Ring {
  const class_ = classOf(case_);
  if (class_ === 'urgent') return 'double';
  if (class_ === 'repeat') return 'dashed';
  return class_ === 'community_level' ? 'none' : 'single';
}

const f = (n: number): string => n.toFixed(2);

function polygon(points: [number, number][]): string {
  return `M${points.map(([x, y]) => `${f(x)} ${f(y)}`).join('L')}Z`;
}

/** The outline around (0, 0), optically of the same weight for one `r`. */
export function outline(shape: Shape, r: number): string {
  switch (shape) {
    case 'square':
      return polygon([[-0.9 * r, -0.9 * r], [0.9 * r, -0.9 * r], [0.9 * r, 0.9 * r], [-0.9 * r, 0.9 * r]]);
    case 'triangle':
      return polygon([[0, -1.2 * r], [1.14 * r, 0.87 * r], [-1.14 * r, 0.87 * r]]);
    case 'diamond':
      return polygon([[0, -1.22 * r], [1.22 * r, 0], [0, 1.22 * r], [-1.22 * r, 0]]);
    case 'hexagon':
      return polygon(turn(6, 1.1 * r, 0));
    case 'star':
      return polygon(
        turn(10, 1.28 * r, -Math.PI / 2).map(([x, y], i) => (i % 2 ? [x * 0.52, y * 0.52] : [x, y])),
      );
    default:
      return `M${f(-r)} 0A${f(r)} ${f(r)} 0 1 1 ${f(r)} 0A${f(r)} ${f(r)} 0 1 1 ${f(-r)} 0Z`;
  }
}

/** Radii of the rings around a symbol of radius `r`. */
export function ringRadii(ring: Ring, r: number): number[] {
  if (ring === 'none') return [];
  return ring === 'double' ? [1.45 * r, 1.95 * r] : [1.45 * r];
}

function turn(n: number, r: number, from: number): [number, number][] {
  return Array.from({ length: n }, (_, i) => {
    const a = from + (2 * Math.PI * i) / n;
    return [r * Math.cos(a), r * Math.sin(a)];
  });
}
