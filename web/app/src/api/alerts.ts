/** Who has a case open, and what happened since a moment. */
import { send } from './client';

export interface Viewer {
  case: string;
  mark: string;
  post: string;
  label: string | null;
  step: string | null;
  until: string;
}
export interface Digest {
  since: string;
  until: string;
  total: number;
  new: number;
  overdue: number;
  closed: number;
  refused: number;
  assigned: number;
  items: { id: string; number: string; title: string; status_label: string; urgent: boolean; kinds: string[]; at: string }[];
}

const viewing = (id: string): string => `/v1/cases/${encodeURIComponent(id)}/viewing`;
export const look = (id: string, seat: string, step: string | null): Promise<{ mark: string; items: Viewer[] }> =>
  send('PUT', viewing(id), { body: { seat, step } });
export const leave = (id: string, seat: string): Promise<void> => send('DELETE', `${viewing(id)}?seat=${seat}`);
export const changesSince = (since: string): Promise<Digest> => send('GET', `/v1/changes?since=${encodeURIComponent(since)}`);
