/** What the forms of a step may know on the phone. */
import type { Case } from '../api/types';
import { FORMS } from '../flow/forms';
import type { Context } from '../flow/kinds';
import { postLabel } from '../pure/posts';
import { stepsNow } from '../pure/field';
import { grids, owners } from '../state/grids';
import { serverNow } from '../state/now';
import { desk, post, role } from '../state/session';
import { unsent } from './state';

export function contextOf(case_: Case): Context {
  return {
    case_, post: post.value.id, role: role.value, desk: desk.value, now: serverNow(), grids: grids.value, owners: owners.value,
    chosen: 0, forces: [], label: (id) => postLabel(id, grids.value),
  };
}

/** The next steps, with those left out that wait to be sent already. */
export function stepsOf(case_: Case): { primary: string | null; more: string[] } {
  const context = contextOf(case_);
  const waiting = unsent.value.filter((e) => e.case_id === case_.id).map((e) => e.path);
  return stepsNow(case_, waiting, (path) => {
    const form = FORMS[path];
    return Boolean(form) && (!form?.offered || (case_.work ? form.offered(context) : true));
  });
}

/** Photos belong to the result; where one only has to look, to that. */
export function photoPath(case_: Case): 'feedback' | 'verification-result' {
  const asked = (case_.work?.verifications ?? []).some((v) => v.post === post.value.id && v.reported_at === null);
  return asked ? 'verification-result' : 'feedback';
}
