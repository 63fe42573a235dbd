import type { ApprovalDetail } from '../api/model';
import type { Decision } from './Confirm';

/** Which buttons have a place on the page; whether each may be pressed is the server's word. */
export function decisionsShown({ state, actions }: Pick<ApprovalDetail, 'state' | 'actions'>, own: boolean): Decision[] {
  const undecided = state === 'held' || state === 'pending';
  const open = undecided || state === 'approved';
  const shown: Decision[] = [];
  if (undecided) shown.push('approve', 'reject');
  if (own && open) shown.push('withdraw');
  if (state === 'approved' && (!own || actions.revoke.allowed)) shown.push('revoke');
  return shown;
}
