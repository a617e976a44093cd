/** The answers of the HTTP contract, written by hand. Times are RFC 3339 texts, places are lon, lat. */

export interface Named {
  code: string;
  name: string;
}
/** A neighbour's code is not always known. */
export interface Owner {
  code: string | null;
  name: string;
}
export interface LonLat {
  lon: number;
  lat: number;
}
export interface Edition {
  id: number;
  name: string;
  provisional: boolean;
}
export interface Candidate {
  sector: Named | null;
  community: Named | null;
  share: number;
  outside: boolean;
  belongs_to: Owner | null;
}

export type AssignmentStatus = 'assigned' | 'boundary_review' | 'out_of_area' | 'no_location';

export interface Assignment {
  status: AssignmentStatus;
  sector: Named | null;
  community: Named | null;
  police_area: Named | null;
  point: LonLat | null;
  radius_m: number | null;
  edition: Edition | null;
  distance_to_boundary_m: number | null;
  direction: string | null;
  reason_code: string | null;
  candidates: Candidate[];
  belongs_to: Owner | null;
  explanation: string[];
  provisional: boolean;
}

export interface Clock {
  code: string;
  label: string;
  policy: boolean;
  started_at: string;
  warn_at: string | null;
  internal_due_at: string | null;
  due_at: string;
  stopped_at: string | null;
  state: 'running' | 'amber' | 'red' | 'stopped' | 'late';
  used: number;
}

export type CaseStatus = 'received' | 'no_location' | 'boundary_review' | 'accepted' | 'rejected_out_of_area';

export interface ExternalId {
  kind: string;
  number: string;
}

export interface Case {
  id: string;
  number: string;
  version: number;
  status: CaseStatus;
  status_label: string;
  source: string;
  source_label: string;
  title: string | null;
  description: string;
  category: string | null;
  address: string | null;
  external_ids: ExternalId[];
  forwarded_by: string | null;
  forwarded_at: string | null;
  forward_no: string | null;
  to_sector: string | null;
  desk: string | null;
  sector: Named | null;
  community: Named | null;
  police_area: Named | null;
  point: LonLat | null;
  raw: { lon: number | null; lat: number | null; crs: string | null } | null;
  accuracy_m: number | null;
  radius_m: number | null;
  urgent: boolean;
  supervised: boolean;
  reason_code: string | null;
  location_problem: string | null;
  belongs_to: Owner | null;
  assignment?: Assignment | null;
  proposal: 'rejection' | null;
  /** 指定受理: the street centre ruled that the desk takes it; no second refusal. */
  reinstated: boolean;
  next_step: string | null;
  clocks: Clock[];
  clock: Clock | null;
  refusals: Refusal[];
  received_at: string;
  updated_at: string;
}

export interface CaseEvent {
  version: number;
  type: string;
  label: string;
  at: string;
  actor: string;
  actor_label: string;
  on_behalf_of: string | null;
  on_behalf_of_label?: string | null;
  data: Record<string, unknown>;
}

export type RefusalState =
  | 'feedback_pending'
  | 'feedback_delivered'
  | 'acknowledged'
  | 'redispatched'
  | 'reinstated'
  | 'withdrawn'
  | 'forwarded';

export interface Delivery {
  id?: string;
  status: 'pending' | 'delivered' | 'dead';
  attempts: number;
  last_error: string | null;
  next_at: string | null;
  delivered_at: string | null;
}

export interface Refusal {
  id: string;
  case_id: string;
  number: string;
  title: string | null;
  source: string;
  desk: string | null;
  reason_code: string | null;
  reason: string | null;
  belongs_to: Owner | null;
  distance_m: number | null;
  direction: string | null;
  radius_m: number | null;
  automatic: boolean;
  rule: string | null;
  on_behalf_of: string | null;
  rejected_at: string;
  state: RefusalState;
  delivery: Delivery | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  settled_at: string | null;
  clock: Clock | null;
  point: LonLat | null;
  to_sector: string | null;
}

export interface Page<T> {
  items: T[];
  next: string | null;
  total: number;
}

export interface Summary {
  todo: number;
  amber: number;
  red: number;
  accepted_today: number;
  tabs: Partial<Record<string, number>>;
  refusals: Partial<Record<string, number>>;
}

export interface Post {
  id: string;
  label: string;
  desk: string | null;
}

export interface Basemap {
  url: string;
  datum: string;
  attribution: string | null;
}

export interface Config {
  demo: boolean;
  now: string;
  posts: Post[];
  auto_refuse: boolean;
  basemap: Basemap | null;
  notice: string | null;
  loopback_only: boolean;
}

export interface NewCase {
  source: string;
  external_id?: string;
  title?: string;
  description: string;
  address?: string;
  lon?: number;
  lat?: number;
  crs?: string;
  accuracy_m?: number;
  urgent: boolean;
  reporter?: { name: string; phone: string };
}

export interface Received {
  case: Case;
  assignment: Assignment | null;
  created: boolean;
}

export interface RejectedIntake {
  id: string | number;
  at: string;
  content_type: string | null;
  detail: string | { pointer?: string; detail?: string }[] | null;
  body: string | null;
}

export interface ReportJob {
  id: string;
  status: 'queued' | 'running' | 'done' | 'failed';
  progress: number | null;
  detail: string | null;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string;
  reason_code?: string;
  errors?: { pointer?: string; detail?: string }[];
  belongs_to?: Owner | null;
  version?: number;
}

/** What the stream tells: ids only, never personal data. */
export interface Change {
  id: string;
  kind: 'case' | 'edition' | 'refusal';
  case: string | null;
  type: string;
  areas: string[];
}
