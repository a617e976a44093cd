/** The next permitted steps of a case. Steps that later issues bring (派单 …) are not offered. */
import type { Candidate, Case, Named, Owner } from '../api/types';

export interface Steps {
  /** Accept into this grid; null while the grid is not settled. */
  accept: { community: Named | null } | null;
  /** Refuse as another's; the suggestion goes to the street centre. */
  reject: { belongsTo: Owner | null; sibling: boolean } | null;
  /** The one step that is drawn as primary. */
  primary: 'accept' | 'reject' | 'location' | null;
  location: boolean;
  withdrawRejection: boolean;
  /** The case is another desk's: it may be looked at. */
  otherDesk: boolean;
}

const NONE: Steps = {
  accept: null,
  reject: null,
  primary: null,
  location: false,
  withdrawRejection: false,
  otherDesk: false,
};

export function candidatesOf(case_: Case): Candidate[] {
  return case_.status === 'boundary_review' ? (case_.assignment?.candidates ?? []) : [];
}

/** What `acting`, the desk of the post (null for a post without one), may do next. */
export function stepsOf(case_: Case, acting: string | null, chosen: number): Steps {
  if (case_.status === 'rejected_out_of_area') return { ...NONE, withdrawRejection: canWithdraw(case_, acting) };
  if (acting !== null && case_.desk !== null && case_.desk !== acting) return { ...NONE, otherDesk: true };
  const desk = case_.desk ?? acting;
  switch (case_.status) {
    case 'no_location':
      return { ...NONE, primary: 'location', location: true };
    case 'boundary_review':
      return reviewSteps(case_, desk, chosen);
    case 'received':
      return receivedSteps(case_, desk);
    default:
      return NONE;
  }
}

function reviewSteps(case_: Case, desk: string | null, chosen: number): Steps {
  const candidate = candidatesOf(case_)[chosen];
  const steps: Steps = { ...NONE, location: true };
  if (!candidate) return { ...steps, primary: 'location' };
  if (candidate.outside || !candidate.community) {
    if (case_.reinstated) return steps;
    return { ...steps, reject: { belongsTo: candidate.belongs_to, sibling: false }, primary: 'reject' };
  }
  const elsewhere = desk !== null && candidate.sector !== null && candidate.sector.code !== desk;
  if (elsewhere && !case_.reinstated) {
    return { ...steps, reject: { belongsTo: candidate.sector, sibling: true }, primary: 'reject' };
  }
  return { ...steps, accept: { community: candidate.community }, primary: 'accept' };
}

function receivedSteps(case_: Case, desk: string | null): Steps {
  const steps: Steps = { ...NONE, location: true };
  const elsewhere = desk !== null && case_.sector !== null && case_.sector.code !== desk;
  const foreign = case_.proposal === 'rejection' || elsewhere || case_.reason_code === 'OUTSIDE_STREET';
  // After 指定受理 no second refusal, wherever the place lies.
  if (foreign && !case_.reinstated) {
    const belongsTo = case_.belongs_to ?? (elsewhere ? case_.sector : null);
    return { ...steps, reject: { belongsTo, sibling: elsewhere }, primary: 'reject' };
  }
  return { ...steps, accept: { community: case_.community }, primary: 'accept' };
}

/** A refusal can be taken back until the street centre has signed for it. */
function canWithdraw(case_: Case, acting: string | null): boolean {
  const last = case_.refusals.at(-1);
  if (!last || (acting !== null && last.desk !== null && last.desk !== acting)) return false;
  return last.acknowledged_at === null && last.settled_at === null;
}
