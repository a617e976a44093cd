/** What is laid over the map for the case that is open, and whom the server proposes for it. */
import { ref, shallowRef } from 'vue';
import { readProposals, type Proposals } from '../api/case';
import { kept } from './kept';

/** The hash of the photo that is looked at. */
export const photoShown = ref<string | null>(null);
/** Pairs of cases that somebody at this desk has judged to be two events: "id id". */
export const notSame = kept<string[]>('case.notSame', []);
export const proposals = shallowRef<{ id: string; told: Proposals } | null>(null);

export async function loadProposals(id: string): Promise<void> {
  const told = await readProposals(id).catch(() => null); // without it the forms offer the duty list
  proposals.value = told ? { id, told } : null;
}
