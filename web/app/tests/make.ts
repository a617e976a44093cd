/** A case to vary in tests. */
import type { Assignment, Case } from '../src/api/types';

export const WEST = { code: '140901', name: '迎园片区网格' };
export const EAST = { code: '140902', name: '新成片区网格' };
export const CANGCHANG = { code: '14090101', name: '仓场社区网格' };
export const CANGHAI = { code: '14090204', name: '沧海社区网格' };

export function assignment(over: Partial<Assignment> = {}): Assignment {
  return {
    status: 'assigned',
    sector: WEST,
    community: CANGCHANG,
    police_area: null,
    point: { lon: 121.26, lat: 31.38 },
    radius_m: 20,
    edition: { id: 1, name: '2026-02', provisional: true },
    distance_to_boundary_m: 90,
    direction: null,
    reason_code: null,
    candidates: [],
    belongs_to: null,
    explanation: [],
    provisional: true,
    ...over,
  };
}

export function made(over: Partial<Case> = {}): Case {
  return {
    id: 'c1',
    number: '0311-0031',
    version: 2,
    status: 'received',
    status_label: '待受理',
    source: '12345',
    source_label: '12345转办件',
    title: '垃圾厢房满溢',
    description: '居民反映垃圾厢房满溢',
    category: null,
    address: '仓场路421弄',
    external_ids: [{ kind: '12345', number: '20260311-0457' }],
    forwarded_by: 'street-centre',
    forwarded_at: null,
    forward_no: null,
    to_sector: null,
    desk: '140901',
    sector: WEST,
    community: CANGCHANG,
    police_area: null,
    point: { lon: 121.26, lat: 31.38 },
    raw: null,
    accuracy_m: 20,
    radius_m: 20,
    urgent: false,
    supervised: false,
    reason_code: null,
    location_problem: null,
    belongs_to: null,
    assignment: assignment(),
    proposal: null,
    reinstated: false,
    next_step: '受理',
    kind: null,
    kind_label: null,
    grades: [],
    grade_labels: [],
    spans: [],
    involved: [],
    station: null,
    owner: 'coordinator-140901',
    owner_label: '迎园片区协调指挥员',
    handed_over: false,
    mine: false,
    steps: [],
    clocks: [],
    clock: null,
    refusals: [],
    received_at: '2026-03-11T09:00:00+08:00',
    updated_at: '2026-03-11T09:00:00+08:00',
    ...over,
  };
}

export function due(hhmm: string): Case['clock'] {
  return {
    code: 'acceptance_alarm',
    label: '受理提醒（内控）',
    policy: true,
    started_at: '2026-03-11T09:00:00+08:00',
    warn_at: null,
    internal_due_at: null,
    due_at: `2026-03-11T${hhmm}:00+08:00`,
    stopped_at: null,
    state: 'running',
    used: 0,
  };
}
