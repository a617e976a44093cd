/** What was recognised in the words of an address: cut up for the screen, without ever becoming markup. */
import type { AddressPart, Geocoded } from '../api/types';

export interface Piece {
  text: string;
  part: AddressPart | null;
}

/** The text in pieces, in order and complete; offsets count code points, as the server does. A part that reaches into an earlier one is left plain. */
export function piecesOf(text: string, parts: AddressPart[]): Piece[] {
  const points = [...text];
  const pieces: Piece[] = [];
  let at = 0;
  const add = (to: number, part: AddressPart | null): void => {
    if (to > at) pieces.push({ text: points.slice(at, to).join(''), part });
    at = Math.max(at, to);
  };
  for (const part of [...parts].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (part.start < at || part.end <= part.start || part.end > points.length) continue;
    add(part.start, null);
    add(part.end, part);
  }
  add(points.length, null);
  return pieces;
}

export interface Heard {
  said: string;
  meant: string;
  tier: string;
}

/** Where the words say one thing and a name of ours sounds or looks like it, each once. */
export function heardOf(parts: AddressPart[]): Heard[] {
  const all = parts
    .filter((p) => p.tier !== null && p.tier !== 'exact' && p.value !== null && p.value !== p.text)
    .map((p) => ({ said: p.text, meant: p.value ?? '', tier: p.tier ?? '' }));
  return all.filter((h, i) => all.findIndex((o) => o.said === h.said && o.meant === h.meant) === i);
}

export type Missing = 'number' | 'building' | 'area' | 'unknown' | 'nothing';
const DOORS = new Set(['number', 'lane', 'sublane', 'building', 'gate', 'crossing', 'corner', 'poi', 'asset']);

/** What the address would need; a road wants its number, a compound its building. */
export function missingOf(geocoded: Geocoded): Missing {
  const roles = new Set(geocoded.parts.map((p) => p.role));
  const has = (...wanted: string[]): boolean => wanted.some((r) => roles.has(r));
  const door = [...roles].some((r) => DOORS.has(r));
  if (has('road') && !door) return 'number';
  if (has('compound', 'estate', 'village') && !door) return 'building';
  if (has('admin', 'community') && !door) return 'area';
  return roles.size ? 'unknown' : 'nothing';
}
