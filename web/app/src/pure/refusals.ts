/** How a refusal stands: with the street centre, and on its way to it. */
import type { Refusal, RefusalState } from '../api/types';
import { words } from '../words';

export interface DeliveryReading {
  words: string;
  /** Failed: underlined, not red; red is a late clock. */
  bad: boolean;
  /** Only a person can help: the button 重发. */
  dead: boolean;
}

export function deliveryWords(refusal: Pick<Refusal, 'delivery' | 'acknowledged_at'>): DeliveryReading {
  const { delivery } = refusal;
  const told = words.refusal.delivery;
  if (!delivery || (delivery.status === 'pending' && delivery.attempts === 0)) return { words: told.pending, bad: false, dead: false };
  if (delivery.status === 'delivered') return { words: told.delivered, bad: false, dead: false };
  if (delivery.status === 'dead') return { words: told.dead, bad: true, dead: true };
  return { words: told.retrying, bad: true, dead: false };
}

export const REFUSAL_TABS = ['all', 'feedback_pending', 'feedback_delivered', 'acknowledged', 'redispatched', 'reinstated'] as const;
export type RefusalTab = (typeof REFUSAL_TABS)[number];

/** 已上报区 is one way to pass a refusal on, so it stands with 街道已改派; what was taken back only in the whole list. */
export function inRefusalTab(state: RefusalState, tab: RefusalTab): boolean {
  if (tab === 'all') return true;
  if (tab === 'redispatched') return state === 'redispatched' || state === 'forwarded';
  return state === tab;
}

export interface RefusalSteps {
  acknowledge: boolean;
  /** The 片区 that may be told to take it: the one that refused, or either when no desk had it. */
  reinstate: string[];
  /** Only what lies in the sibling 片区 can be given to it. */
  redispatch: string | null;
  forward: boolean;
}

const SECTORS = ['140901', '140902'];

export function refusalSteps(
  refusal: Pick<Refusal, 'state' | 'reason_code' | 'belongs_to' | 'desk' | 'acknowledged_at' | 'settled_at'>,
): RefusalSteps {
  const { desk, belongs_to: owner } = refusal;
  const open = refusal.settled_at === null;
  // A standing rule's re-dispatch may still be signed for, and revoked until the other desk has accepted.
  const passedOn = refusal.state === 'redispatched';
  const sibling = refusal.reason_code === 'SIBLING_PIANQU';
  const to = owner?.code ?? SECTORS.find((code) => code !== desk) ?? null;
  return {
    acknowledge: refusal.acknowledged_at === null && (open || passedOn),
    reinstate: open || passedOn ? (desk ? [desk] : SECTORS) : [],
    redispatch: open && sibling && to !== desk ? to : null,
    forward: open && !sibling,
  };
}
