/**
 * The map's icons, drawn on a canvas on demand. An image's name says all of it, so MapLibre's resolver of missing
 * images is the only caller: "sym|circle|ok|none|light", "stack|3,1,0,2|light", "chip|巡|rota|light", "hatch|a|light".
 */
import type { Tone } from '../pure/clocks';
import { outline, ringRadii, type Ring, type Shape } from '../pure/shapes';
import type { TokenName, Tokens } from './tokens';

const SCALE = Math.max(2, Math.ceil(globalThis.devicePixelRatio || 1));
const SYMBOL_R = 8;
const TONES: Tone[] = ['ok', 'warn', 'late', 'none'];

export interface Drawn {
  data: ImageData;
  options: {
    pixelRatio: number;
    stretchX?: [number, number][];
    stretchY?: [number, number][];
    content?: [number, number, number, number];
  };
}

export function drawImage(name: string, tokens: Tokens): Drawn | null {
  const [kind, ...args] = name.split('|');
  switch (kind) {
    case 'sym':
      return symbol(args[0] as Shape, args[1] as Tone, args[2] as Ring, tokens);
    case 'stack':
      return stack((args[0] ?? '').split(',').map(Number), tokens);
    case 'chip':
      return chip(args[0] ?? '', args[1] ?? '', tokens);
    case 'hatch':
      return hatch(args[0] === 'b' ? -1 : 1, tokens.hatch, 1.2, 0.42, 7);
    case 'police':
      return hatch(args[0] === 'b' ? -1 : 1, tokens['police-hatch'], 1.4, 1, 10);
    case 'blind':
      return hatch(1, tokens.camera, 1, 0.5, 6);
    case 'cam':
      return camera(args[0] === 'on', tokens);
    case 'label':
      return label(tokens);
    case 'dot':
      return dot(tokens);
    default:
      return null;
  }
}

function canvas(w: number, h: number): CanvasRenderingContext2D {
  const element = document.createElement('canvas');
  element.width = Math.round(w * SCALE);
  element.height = Math.round(h * SCALE);
  const pen = element.getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('no 2d canvas');
  pen.scale(SCALE, SCALE);
  return pen;
}

function done(pen: CanvasRenderingContext2D, more: Partial<Drawn['options']> = {}): Drawn {
  const { width, height } = pen.canvas;
  return { data: pen.getImageData(0, 0, width, height), options: { pixelRatio: SCALE, ...more } };
}

function symbol(shape: Shape, tone: Tone, ring: Ring, tokens: Tokens): Drawn {
  const half = ring === 'double' ? 22 : ring === 'none' ? 12 : 17;
  const pen = canvas(2 * half, 2 * half);
  pen.translate(half, half);
  pen.lineJoin = 'round';
  for (const r of ringRadii(ring, SYMBOL_R)) {
    const path = new Path2D(outline(shape, r));
    pen.strokeStyle = tokens['map-symbol-edge'];
    pen.lineWidth = 3.5;
    pen.stroke(path);
    pen.strokeStyle = tokens['map-ink'];
    pen.lineWidth = 1.5;
    pen.setLineDash(ring === 'dashed' ? [3, 2] : []);
    pen.stroke(path);
    pen.setLineDash([]);
  }
  const body = new Path2D(outline(shape, SYMBOL_R));
  pen.strokeStyle = tokens['map-symbol-edge'];
  pen.lineWidth = 2.5;
  pen.stroke(body);
  pen.fillStyle = tokens[`clock-${tone}` as TokenName];
  pen.fill(body);
  return done(pen);
}

/** A stack of cases is a ring of clock shares with its count. */
function stack(counts: number[], tokens: Tokens): Drawn {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const half = total > 99 ? 21 : 17;
  const pen = canvas(2 * half, 2 * half);
  pen.translate(half, half);
  pen.beginPath();
  pen.arc(0, 0, half - 1, 0, 2 * Math.PI);
  pen.fillStyle = tokens.float;
  pen.fill();
  pen.lineWidth = 4.5;
  const gap = counts.filter(Boolean).length > 1 ? 0.09 : 0;
  let from = -Math.PI / 2;
  counts.forEach((n, i) => {
    if (!n) return;
    const turn = (2 * Math.PI * n) / total;
    pen.beginPath();
    pen.arc(0, 0, half - 4, from + gap / 2, from + turn - gap / 2);
    pen.strokeStyle = tokens[`clock-${TONES[i] ?? 'none'}` as TokenName];
    pen.stroke();
    from += turn;
  });
  write(pen, String(total), 0, 13, 600, tokens);
  return done(pen);
}

const DASHES: Record<string, number[]> = { fixed: [], rota: [5, 3], sign_in: [1.2, 2.6] };

/** A person: the post's character; the duty mode is the edge (固点定岗 solid, 机动轮岗 dashed, 动态报到 dotted). */
function chip(text: string, mode: string, tokens: Tokens): Drawn {
  const size = 24;
  const pen = canvas(size, size);
  pen.beginPath();
  pen.roundRect(2, 2, size - 4, size - 4, 4);
  pen.fillStyle = tokens.chip;
  pen.fill();
  pen.strokeStyle = tokens['chip-edge'];
  pen.lineWidth = 1.5;
  pen.lineCap = mode === 'sign_in' ? 'round' : 'butt';
  pen.setLineDash(DASHES[mode] ?? []);
  pen.stroke();
  pen.translate(size / 2, size / 2);
  write(pen, text, 0, 12, 400, tokens);
  return done(pen);
}

function write(pen: CanvasRenderingContext2D, text: string, y: number, px: number, weight: number, tokens: Tokens): void {
  pen.font = `${weight} ${px}px ${tokens.font}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillStyle = tokens['text-1'];
  pen.fillText(text, 0, y + 0.5);
}

/** A seamless diagonal hatch; the sign turns it. */
function hatch(sign: 1 | -1, colour: string, width: number, alpha: number, step: number): Drawn {
  const size = step * 2;
  const pen = canvas(size, size);
  pen.globalAlpha = alpha;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  for (let at = -size; at <= 2 * size; at += step) {
    pen.beginPath();
    pen.moveTo(sign > 0 ? at : size - at, size);
    pen.lineTo(sign > 0 ? at + size : -at, 0);
    pen.stroke();
  }
  return done(pen);
}

/** Off line is an outline only. */
function camera(online: boolean, tokens: Tokens): Drawn {
  const pen = canvas(10, 10);
  pen.arc(5, 5, 3.2, 0, 2 * Math.PI);
  pen.fillStyle = online ? tokens.camera : tokens['map-ground'];
  pen.fill();
  pen.lineWidth = 1.2;
  pen.strokeStyle = online ? tokens['map-symbol-edge'] : tokens.camera;
  pen.stroke();
  return done(pen);
}

function dot(tokens: Tokens): Drawn {
  const pen = canvas(6, 6);
  pen.arc(3, 3, 2, 0, 2 * Math.PI);
  pen.fillStyle = tokens['map-place-text'];
  pen.fill();
  return done(pen);
}

/** The ground of a label; stretched to its text. */
function label(tokens: Tokens): Drawn {
  const pen = canvas(16, 16);
  pen.beginPath();
  pen.roundRect(0.5, 0.5, 15, 15, 3);
  pen.fillStyle = tokens.float;
  pen.fill();
  pen.strokeStyle = tokens['line-1'];
  pen.stroke();
  const edge = 5 * SCALE;
  const far = 11 * SCALE;
  return done(pen, { stretchX: [[edge, far]], stretchY: [[edge, far]], content: [edge, edge * 0.6, far, 16 * SCALE - edge * 0.6] });
}
