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

/** One recognised piece of an address; [start, end) counts code points of the text as it was written. */
export interface AddressPart {
  role: string;
  text: string;
  start: number;
  end: number;
  value: string | null;
  tier: string | null;
}
export interface GridShare {
  code: string | null;
  name: string;
  sector: string | null;
  share: number;
}
/** One place the words may mean. */
export interface FoundPlace {
  key: string;
  label: string;
  point: LonLat | null;
  radius_m: number;
  confidence: number;
  precision: string;
  shares: GridShare[];
  line: LonLat[];
  in_ring: boolean;
  town: string | null;
  area_code: string | null;
  why: string[];
}
export interface Geocoded {
  outcome: 'accepted' | 'ask' | 'out_of_area' | 'not_found';
  found: FoundPlace | null;
  candidates: FoundPlace[];
  confidence: number;
  grid_share: number;
  parts: AddressPart[];
  vetoes: { code: string; text: string }[];
  explanation: string[];
  gazetteer_version: string;
  belongs_to: string | null;
  datum_inferred: string | null;
  provisional?: boolean;
}
export interface CasePlaces {
  geocoded: Geocoded;
  /** What was read, redacted for the caller; the parts' offsets count into it. */
  text: string;
}
export interface Suggestion {
  key: string;
  label: string;
  kind: string;
  point: LonLat | null;
  radius_m: number;
  in_ring: boolean;
  town: string | null;
  match: [number, number] | null;
}
/** A place near a point; its own position may be some metres off. */
export interface Near {
  key: string;
  label: string;
  point: LonLat;
  distance_m: number;
  inside: boolean;
  radius_m: number;
  in_ring: boolean;
}
/** What lies around a point; null for what does not. */
export interface Reversed {
  point: LonLat;
  doorplate: Near | null;
  distance_m: number | null;
  road: string | null;
  road_sure: boolean | null;
  /** The roads whose crossings enclose the point; null at an open end. */
  between: [string | null, string | null] | null;
  at_crossing: string | null;
  side: string | null;
  compound: Near | null;
  town: string | null;
  label: string;
}

export interface Clock {
  code: string;
  clause?: string;
  subject?: string;
  policy_version?: number;
  calendar?: string;
  from?: string;
  to?: string;
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

export type CaseStatus =
  | 'received'
  | 'no_location'
  | 'boundary_review'
  | 'accepted'
  | 'instruction_pending'
  | 'rejected_out_of_area'
  | 'returned_to_source'
  | 'dispatched'
  | 'signed_for'
  | 'station_returned'
  | 'coordinating'
  | 'responded'
  | 'coordinated'
  | 'disposing'
  | 'feedback_submitted'
  | 'verifying'
  | 'under_review'
  | 'returned_for_rework'
  | 'escalated_1'
  | 'escalated_2'
  | 'suspended'
  | 'merged'
  | 'withdrawn'
  | 'closed'
  | 'reopened'
  | 'archived';

/** A step the viewer's post may take now. */
export interface Step {
  command: string;
  path: string;
  button: string;
}

/** A file that was brought before; a step refers to it by its hash. */
export interface FileRef {
  sha256: string;
  kind: string;
  name: string;
  kind_label?: string;
}

export interface Call {
  id: string;
  post: string;
  post_label: string | null;
  outcome: string;
  outcome_label: string;
  at: string;
  claimed_at: string | null;
  by: string;
  by_label: string | null;
  number: string | null;
  note: string;
  back_dated: boolean;
}
export interface Instruction {
  id: string;
  by: string;
  by_label: string | null;
  at: string;
  channel_label: string;
  text: string;
  lag_s: number;
  after_the_fact: boolean;
  self_given: boolean;
}
export interface HeadReport {
  at: string;
  by_label: string | null;
  kind: string;
  channel_label: string;
  text: string;
}
export interface Push {
  id: string;
  post: string;
  post_label: string | null;
  purpose_label: string;
  sent_at: string;
  channel: string | null;
  delivered_at: string | null;
  failed_at: string | null;
}
export interface Arrival {
  post: string;
  post_label: string | null;
  at: string;
  by: string;
  distance_m: number | null;
  within: boolean;
  reason: string | null;
}
export interface Coordination {
  round: number;
  started_at: string;
  posts: string[];
  posts_labels: (string | null)[];
  place: string;
  lon: number | null;
  lat: number | null;
  radius_m: number;
  appointment_at: string;
  offline: boolean;
  text: string;
  without_instruction: string | null;
  arrivals: Arrival[];
  missing_posts: string[];
  missing_posts_labels: (string | null)[];
}
export interface Duty {
  id: string;
  post: string;
  post_label: string | null;
  role: 'lead' | 'assist';
  role_label: string;
  text: string;
  given_at: string;
  due_at: string | null;
  signed_at: string | null;
  started_at: string | null;
  finished_at: string | null;
  feedback_at: string | null;
  dropped_at: string | null;
}
export interface Feedback {
  id: string;
  duty_id: string;
  by: string;
  by_label: string | null;
  at: string;
  finished_at: string;
  text: string;
  outcome_label: string;
  attachments: FileRef[];
}
export interface Verification {
  id: string;
  kind: 'before' | 'after';
  kind_label: string;
  post: string;
  post_label: string | null;
  asked_at: string;
  due_at: string;
  note: string;
  reported_at: string | null;
  result_label: string | null;
  text: string | null;
  attachments: FileRef[];
}
export interface Escalation {
  level: number;
  reason_code_label: string;
  text: string;
  at: string;
  by_label: string | null;
  head_coordinated_at: string | null;
  settled_at: string | null;
}
export interface Supervision {
  id: string;
  issuer_label: string | null;
  reason: string;
  issued_at: string;
  due_at: string;
  answered_at: string | null;
  lifted_at: string | null;
}
export interface Extension {
  id: string;
  duty_id: string;
  new_due_at: string;
  reason: string;
  asked_by_label: string | null;
  asked_at: string;
  decided_at: string | null;
  approved: boolean | null;
}
export interface Suspension {
  id: string;
  owner: string;
  owner_label: string | null;
  review_on: string;
  reason: string;
  asked_by_label: string | null;
  asked_at: string;
  decided_at: string | null;
  approved: boolean | null;
  ended_at: string | null;
}
export interface HandOver {
  at: string;
  by_label: string | null;
  condition_label: string;
  on_duty: number;
  needed: number;
  declared: boolean;
  reason: string;
  returned_at: string | null;
}
export interface Link {
  kind: string;
  kind_label: string;
  other: string;
  other_number: string;
  at: string;
  reason: string;
}
export interface SourceReturn {
  kind_label: string;
  text: string;
  at: string;
  settled_at: string | null;
}
export interface StationReturn {
  reason_code: string;
  reason_code_label: string;
  text: string;
  at: string;
  by_label: string | null;
  decided_at: string | null;
  approved: boolean | null;
}
export interface CheckPoint {
  code: string;
  code_label?: string;
  passed: boolean;
  note: string;
}
export interface Evaluation {
  points: CheckPoint[];
  report: string;
  outcome: string | null;
  outcome_label: string | null;
  at: string;
  by_label: string | null;
}
export interface Work {
  requested_by: string | null;
  requested_by_label: string | null;
  forces: string[];
  calls: Call[];
  instructions: Instruction[];
  head_reports: HeadReport[];
  pushes: Push[];
  coordinations: Coordination[];
  duties: Duty[];
  feedbacks: Feedback[];
  verifications: Verification[];
  escalations: Escalation[];
  supervisions: Supervision[];
  extensions: Extension[];
  suspensions: Suspension[];
  hand_overs: HandOver[];
  links: Link[];
  source_returns: SourceReturn[];
  station_returns: StationReturn[];
  evaluation: Evaluation | null;
  contacts: { made: boolean; at: string; by_label: string | null; person: string; reason: string }[];
  visits: { satisfaction_label: string; at: string; by_label: string | null; text: string }[];
  urgings: number;
  reworks: number;
  reopenings: number;
}
export interface Stage {
  status: string;
  label: string;
  owner: string;
  owner_label: string | null;
  from_at: string;
  to_at: string | null;
}

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
  kind: 'community_level' | 'joint' | null;
  kind_label: string | null;
  grades: string[];
  grade_labels: string[];
  spans: string[];
  involved: Named[];
  station: string | null;
  owner: string;
  owner_label: string | null;
  handed_over: boolean;
  /** Whether something is expected of the viewer's post now. */
  mine: boolean;
  steps: Step[];
  work?: Work | null;
  stages?: Stage[] | null;
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
  mine: number;
  closed_today: number;
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

/** Without an account only what the log-in page needs. */
export interface Config {
  demo: boolean;
  now: string;
  posts: Post[];
  demo_posts?: Post[];
  single_sign_on: boolean;
  auto_refuse?: boolean;
  basemap: Basemap | null;
  notice: string | null;
  loopback_only: boolean;
}

export interface Session {
  account: string;
  label: string;
  post: string | null;
  post_label: string | null;
  role: string | null;
  desk: string | null;
  posts: { id: string; label: string }[];
  csrf: string;
  must_change_password: boolean;
  totp: boolean;
  demo: boolean;
  expires_at: string;
}

export interface Account {
  name: string;
  label: string;
  post: string | null;
  staff: string | null;
  posts: { id: string; label: string }[];
  has_password: boolean;
  must_change_password: boolean;
  totp: boolean;
  demo: boolean;
  disabled_at: string | null;
  locked_until: string | null;
  failed_attempts: number;
  created_at: string;
}
export interface Token {
  id: number;
  label: string;
  scope: string[];
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface Mail {
  id: string;
  case_id: string | null;
  case_number: string | null;
  kind: string;
  title: string;
  text: string;
  urgent: boolean;
  place: string | null;
  appointment_at: string | null;
  created_at: string;
  read_at: string | null;
  acknowledged_at: string | null;
  acknowledged_by: string | null;
  needs_acknowledgement: boolean;
  held_until: string | null;
  unread_minutes: number | null;
}
export interface MailList {
  items: Mail[];
  unread: number;
  unacknowledged: number;
}

export interface Force {
  post: string;
  staff_id: string;
  name: string;
  duty_mode: string;
  duty_mode_label: string;
  stand_in: boolean;
  on_duty: boolean;
  why: string;
}
export interface Strength {
  needed: number;
  on_duty: number;
  short: boolean;
}
export interface DutyList {
  at: string;
  desk: string;
  running: boolean;
  off_hours_reason: string | null;
  workday: boolean;
  strength: Strength;
  forces: Force[];
}
export interface Body {
  id: string;
  kind: string;
  name: string;
  area: string | null;
  force_group: string | null;
  force_kind: string | null;
  provisional: boolean;
  note: string | null;
}
export interface Staff {
  id: string;
  name: string;
  body: string;
  body_name: string;
  wecom_id: string | null;
  phone_masked: string | null;
  duty_mode: string | null;
  active: boolean;
}
export interface RosterPost {
  id: string;
  role: string;
  area: string | null;
  body: string;
  label: string;
  holders: string[];
  stood_in: boolean;
  vacant: boolean;
  may_be_stood_in_by: string[];
}
export interface Holding {
  id: number;
  post: string;
  post_label: string;
  staff_id: string;
  staff_name: string;
  from_at: string;
  to_at: string | null;
  stand_in: boolean;
  authorised_by: string | null;
  reason: string | null;
  version: number;
}
export interface Shift {
  id: number;
  kind: 'duty' | 'running' | 'closed';
  desk: string;
  day: string;
  start_at: string;
  end_at: string;
  staff_id: string | null;
  staff_name: string | null;
  post: string | null;
  signed_in_at: string | null;
  signed_out_at: string | null;
}
export interface RunningHours {
  desk: string;
  from_day: string;
  opens: string;
  closes: string;
  on_weekends: boolean;
  on_holidays: boolean;
}
export interface Roster {
  at: string;
  desk: string | null;
  bodies: Body[];
  staff: Staff[];
  posts: RosterPost[];
  holdings: Holding[];
  shifts: Shift[];
  running_hours: RunningHours[];
  strength: Record<string, Strength>;
  calendar_finding: string | null;
  may_write: boolean;
}
export interface ImportResult {
  rows: number;
  errors: { sheet: string | null; row: number | null; column: string | null; detail: string }[];
  changes: Record<string, number>;
  notes: string[];
  written: boolean;
}

export interface PolicyRow {
  code: string;
  value: unknown;
  kind: string;
  label?: string;
  clause?: string;
  unit?: string;
  min?: number | null;
  max?: number | null;
  plan?: boolean;
}
export interface PolicyVersion {
  version: number;
  values: Record<string, unknown>;
  valid_from: string;
  set_by: string;
  set_by_label: string | null;
  reason: string;
  created_at: string;
  in_force: boolean;
}
export interface PolicyView {
  version: number;
  newest: number;
  values: PolicyRow[];
  coming: PolicyVersion[];
  calendar_finding: string | null;
  may_set: boolean;
}

export interface DeliveryRow {
  id: string;
  topic: string;
  case: string;
  type: string;
  recipient: string | null;
  recipient_label: string | null;
  channel: string | null;
  status: 'pending' | 'delivered' | 'dead';
  label: string;
  attempts: number;
  last_error: string | null;
  created_at: string;
  next_at: string;
  delivered_at: string | null;
  read_at: string | null;
}

export interface Task {
  id: string;
  desk: string | null;
  title: string;
  text: string;
  to_post: string;
  to_post_label: string | null;
  given_by: string;
  given_by_label: string | null;
  given_at: string;
  due_at: string | null;
  late: boolean;
  status: string;
  status_label: string;
  version: number;
  steps: string[];
  history: { version: number; type: string; type_label: string; text: string; actor_label: string | null; at: string }[] | null;
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
  retry_after?: number;
  belongs_to?: Owner | null;
  version?: number;
}

/** What the stream tells: ids only, never personal data. */
export interface Change {
  id: string;
  kind: 'case' | 'edition' | 'refusal' | 'mail';
  case: string | null;
  type: string;
  areas: string[];
}
