/** The list as a file, and what the printed case needs. */
import { download, get } from './client';

export type ExportForm = 'csv' | 'xlsx';
export const MOST_EXPORTED = 20_000;
const EXPORT_MS = 180_000;

export interface ExportFile {
  name: string;
  content: Blob;
  rows: number;
}

/** The cases in the order of the screen; `filter` says in words how they came to be shown, for the access log. */
export async function exportCases(format: ExportForm, ids: readonly string[], filter: string): Promise<ExportFile> {
  const answer = await download('/v1/cases/export', { format, ids, filter }, EXPORT_MS);
  const name = /filename="([^"]+)"/.exec(answer.headers.get('Content-Disposition') ?? '')?.[1] ?? `cases.${format}`;
  return { name, content: await answer.blob(), rows: Number(answer.headers.get('X-Pianqu-Rows')) };
}

/** A file of a case, as its list tells. */
export interface Attachment {
  sha256: string;
  kind: string;
  kind_label: string;
  name: string;
  type: string;
  width: number | null;
  taken_at: string | null;
}

export const attachmentsOf = (caseId: string): Promise<{ items: Attachment[] }> => get(`/v1/cases/${encodeURIComponent(caseId)}/attachments`);
export const thumbnail = (sha256: string, caseId: string): string => `/v1/attachments/${sha256}/thumbnail?case=${encodeURIComponent(caseId)}`;
