/** The photos of a case in the order they came, and which two stand side by side: 处置前 beside 处置后 or 核查. */
import type { FileRef, Work } from '../api/types';

export interface Photo extends FileRef {
  at: string;
  by: string;
}

export function photosOf(work: Pick<Work, 'feedbacks' | 'verifications'> | null | undefined): Photo[] {
  const found: Photo[] = [];
  for (const f of work?.feedbacks ?? []) for (const a of f.attachments) found.push({ ...a, at: f.at, by: f.by });
  for (const v of work?.verifications ?? []) for (const a of v.attachments) found.push({ ...a, at: v.reported_at ?? v.asked_at, by: v.post });
  const seen = new Set<string>();
  return found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).filter((p) => !seen.has(p.sha256) && seen.add(p.sha256));
}

export const isBefore = (p: FileRef): boolean => p.kind === 'before';
export const isAfter = (p: FileRef): boolean => p.kind === 'after' || p.kind === 'check';

/** The pair for a photo in hand: itself with the last of the other side. */
export function pairOf(photos: Photo[], at: number): { before: Photo; after: Photo } | null {
  const here = photos[at];
  const before = here && isBefore(here) ? here : photos.find(isBefore);
  const after = here && isAfter(here) ? here : photos.filter(isAfter).at(-1);
  return before && after ? { before, after } : null;
}
