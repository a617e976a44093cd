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
}

const NONE: Steps = { accept: null, reject: null, primary: null, location: false, withdrawRejection: false };

export function candidatesOf(case_: Case): Candidate[] {
  return case_.status === 'boundary_review' ? (case_.assignment?.candidates ?? []) : [];
}

/** The desk a case is handled by: its own, or the one it was sent to. */
function deskOf(case_: Case, acting: string | null): string | null {
  return case_.desk ?? acting ?? case_.to_sector;
}

export function stepsOf(case_: Case, acting: string | null, chosen: number): Steps {
  const desk = deskOf(case_, acting);
  switch (case_.status) {
    case 'no_location':
      return { ...NONE, primary: 'location', location: true };
    case 'boundary_review':
      return reviewSteps(case_, desk, chosen);
    case 'received':
      return receivedSteps(case_, desk);
    case 'accepted':
      return { ...NONE, location: true };
    case 'rejected':
      return { ...NONE, withdrawRejection: canWithdraw(case_) };
    default:
      return NONE;
  }
}

function reviewSteps(case_: Case, desk: string | null, chosen: number): Steps {
  const candidate = candidatesOf(case_)[chosen];
  const steps: Steps = { ...NONE, location: true };
  if (!candidate) return { ...steps, primary: 'location' };
  if (candidate.outside || !candidate.community) {
    return { ...steps, reject: { belongsTo: candidate.belongs_to, sibling: false }, primary: 'reject' };
  }
  if (desk && candidate.sector && candidate.sector.code !== desk) {
    return { ...steps, reject: { belongsTo: candidate.sector, sibling: true }, primary: 'reject' };
  }
  return { ...steps, accept: { community: candidate.community }, primary: 'accept' };
}

function receivedSteps(case_: Case, desk: string | null): Steps {
  const steps: Steps = { ...NONE, location: true };
  const elsewhere = desk !== null && case_.sector !== null && case_.sector.code !== desk;
  if (case_.proposal === 'rejection' || elsewhere || (!case_.sector && case_.reason_code === 'OUTSIDE_STREET')) {
    const belongsTo = case_.belongs_to ?? (elsewhere ? case_.sector : null);
    return { ...steps, reject: { belongsTo, sibling: elsewhere }, primary: 'reject' };
  }
  return { ...steps, accept: { community: case_.community }, primary: 'accept' };
}

/** A refusal can be taken back until the street centre has signed for it. */
function canWithdraw(case_: Case): boolean {
  const last = case_.refusals.at(-1);
  return last !== undefined && (last.state === 'feedback_pending' || last.state === 'feedback_delivered');
}
