/** What only the phone asks. */
import type { FeatureCollection } from 'geojson';
import { send, upload } from './client';
import type { Case, DutyList, Received } from './types';

const once = (key: string): { headers: Record<string, string> } => ({ headers: { 'Idempotency-Key': key } });

export interface OwnFix {
  device_id: string;
  lon: number;
  lat: number;
  crs: string;
  accuracy_m: number;
  fix_at: string;
}

export const fieldApi = {
  step: (caseId: string, path: string, body: Record<string, unknown>, key: string) =>
    send<Case>('POST', `/v1/cases/${encodeURIComponent(caseId)}/${path}`, { body, ...once(key) }),
  report: (body: Record<string, unknown>, key: string) => send<Received>('POST', '/v1/cases', { body, ...once(key) }),
  bring: (file: File) => upload<{ sha256: string }>('/v1/attachments', file),
  duty: () => send<DutyList>('GET', '/v1/duty'),
  sign: (present: boolean) => send<unknown>('POST', '/v1/duty/signing', { body: { present } }),
  /** The device registered for a post, as the map's register names it. */
  personnel: () => send<FeatureCollection>('GET', '/v1/layers/personnel'),
  position: (fix: OwnFix) => send<void>('POST', '/v1/positions', { body: fix }),
};
