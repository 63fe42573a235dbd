// The server speaks in codes; here each has its text. The types make a code without a text a compile error.
import type { ProblemCode, ReasonCode, SampleNote, TimelineKind } from '../api/model';
import type { ApiError } from '../api/problem';
import { en } from './en';
import type { MessageKey, Values } from './messages';

type Translate = (key: MessageKey, values?: Values) => string;

export const REASON_KEYS = {
  own_request: 'reason.own_request',
  not_your_level: 'reason.not_your_level',
  already_voted: 'reason.already_voted',
  not_pending: 'reason.not_pending',
  purpose_needed: 'reason.purpose_needed',
  purpose_given: 'reason.purpose_given',
  lapsed: 'reason.lapsed',
  not_requester: 'reason.not_requester',
  not_approved: 'reason.not_approved',
  not_revocable: 'reason.not_revocable',
  already_redeemed: 'reason.already_redeemed',
  role_lost: 'reason.role_lost',
  policy_changed: 'reason.policy_changed',
  conditions_not_met: 'reason.conditions_not_met',
  hold_missing: 'reason.hold_missing',
  not_allowed: 'reason.not_allowed',
} as const satisfies Record<ReasonCode, MessageKey>;

export const PROBLEM_KEYS = {
  bad_request: 'problem.bad_request',
  not_signed_in: 'problem.not_signed_in',
  wrong_credentials: 'problem.wrong_credentials',
  too_many_attempts: 'problem.too_many_attempts',
  forbidden: 'problem.forbidden',
  not_found: 'problem.not_found',
  conflict: 'problem.conflict',
  comment_required: 'problem.comment_required',
  purpose_required: 'problem.purpose_required',
  cross_site: 'problem.cross_site',
  store_unavailable: 'problem.store_unavailable',
  audit_unavailable: 'problem.audit_unavailable',
  internal: 'problem.internal',
} as const satisfies Record<ProblemCode, MessageKey>;

export const TIMELINE_KEYS = {
  held: 'timeline.held',
  submitted: 'timeline.submitted',
  approved: 'timeline.approved',
  rejected: 'timeline.rejected',
  level_completed: 'timeline.level_completed',
  level_skipped: 'timeline.level_skipped',
  granted: 'timeline.granted',
  withdrawn: 'timeline.withdrawn',
  revoked: 'timeline.revoked',
  lapsed: 'timeline.lapsed',
  redeemed: 'timeline.redeemed',
} as const satisfies Record<TimelineKind, MessageKey>;

export const SAMPLE_NOTE_KEYS = {
  masked_for_you: 'sampleNote.masked_for_you',
  not_available: 'sampleNote.not_available',
  hold_destroyed: 'sampleNote.hold_destroyed',
  not_tabular: 'sampleNote.not_tabular',
} as const satisfies Record<SampleNote, MessageKey>;

/** A newer server may know more codes than this page does: those get a general text. */
function known(key: string): key is MessageKey {
  return Object.hasOwn(en, key);
}

/** Why something is refused. */
export function reasonText(t: Translate, code: string): string {
  const key = `reason.${code}`;
  return known(key) ? t(key) : t('reason.unknown', { code });
}

/** What happened, in the timeline. */
export function timelineText(t: Translate, kind: string): string {
  const key = `timeline.${kind}`;
  return known(key) ? t(key) : t('timeline.other');
}

/** What there is to say about a sample. */
export function sampleNoteText(t: Translate, code: string): string {
  const key = `sampleNote.${code}`;
  return known(key) ? t(key) : t('sampleNote.not_available');
}

/** How sensitive a data class is; a level that the page does not know keeps its name. */
export function levelText(t: Translate, level: string): string {
  const key = `level.${level}`;
  return known(key) ? t(key) : level;
}

/** What went wrong. */
export function problemText(t: Translate, error: ApiError): string {
  if (error.reason != null) return t('problem.forbiddenBecause', { reason: reasonText(t, error.reason) });
  const key = `problem.${error.code}`;
  return known(key) ? t(key) : t('problem.internal');
}
