// Who may do what to an export, and what comes of it: the server's rules in small, so that the page can be driven through
// every state. The real rules are tested in the server; e2e/real drives the page against it.
import type { Action, ActionState, ApprovalDetail, ApprovalSummary, LevelStage, ReasonCode } from '../../src/api/model';
import { vote, type Export, type Level } from './exports';
import type { Person } from './people';

const OPENNESS = ['redacted', 'generalised', 'partial', 'surrogate', 'clear'] as const;

const hasSaidYes = (level: Level) => level.votes.filter((each) => each.verdict === 'approve').length >= level.quorum;
const current = (one: Export) => (one.state === 'pending' ? one.chain.find((level) => !hasSaidYes(level)) : undefined);
const isOver = (one: Export) => !['held', 'pending', 'approved'].includes(one.state);

function stage(one: Export, level: Level): LevelStage {
  if (level.votes.some((each) => each.verdict === 'reject')) return 'rejected';
  if (hasSaidYes(level)) return 'done';
  if (level === current(one)) return 'current';
  return isOver(one) ? 'skipped' : 'waiting';
}

function voteBlocked(one: Export, viewer: Person): ReasonCode | null {
  if (one.state === 'lapsed') return 'lapsed';
  if (one.requester.id === viewer.id) return 'own_request';
  if (one.state === 'held') return 'purpose_needed';
  if (one.state !== 'pending') return 'not_pending';
  if (one.chain.some((level) => level.votes.some((each) => each.person === viewer.id))) return 'already_voted';
  const level = current(one);
  return level !== undefined && viewer.levels.includes(level.level) ? null : 'not_your_level';
}

function downloadBlocked(one: Export, viewer: Person): ReasonCode | null {
  if (one.requester.id !== viewer.id) return 'not_requester';
  if (one.state === 'redeemed') return 'already_redeemed';
  return one.state === 'approved' ? null : 'not_approved';
}

/** Why the viewer may not do something now; `null` when he may. */
export function blocked(one: Export, viewer: Person, action: Action): ReasonCode | null {
  const own = one.requester.id === viewer.id;
  if (action === 'approve' || action === 'reject') return voteBlocked(one, viewer);
  if (action === 'submit') return own ? (one.state === 'held' ? null : 'purpose_given') : 'not_requester';
  if (action === 'withdraw') return own ? (isOver(one) ? 'not_pending' : null) : 'not_requester';
  if (one.state !== 'approved') return 'not_revocable';
  return viewer.levels.length > 0 && !own ? null : 'not_allowed';
}

function actionState(reason: ReasonCode | null): ActionState {
  return { allowed: reason === null, reason_code: reason };
}

/** Does it, unless it may not be done. */
export function apply(one: Export, viewer: Person, action: Action, text: string | null): ReasonCode | null {
  const reason = blocked(one, viewer, action);
  if (reason !== null) return reason;
  const at = new Date().toISOString();
  const level = current(one);
  const note = (kind: Export['timeline'][number]['kind']) =>
    one.timeline.push({ at, kind, who: viewer.name, level: level?.level ?? null, comment: action === 'submit' ? null : text });
  one.version += 1;
  if (action === 'submit') {
    Object.assign(one, { purpose: text, state: 'pending', submitted_at: at, waiting_since: at });
    note('submitted');
  } else if (action === 'approve') {
    level?.votes.push(vote(viewer, 'approve', at, text));
    note('approved');
    one.waiting_since = at;
    if (one.chain.every(hasSaidYes)) {
      const redeem_until = new Date(Date.parse(at) + 24 * 3_600_000).toISOString();
      Object.assign(one, { state: 'approved', waiting_since: null, redeem_until, lapses_at: redeem_until });
      one.timeline.push({ at, kind: 'granted', who: null, level: null, comment: null });
    }
  } else {
    if (action === 'reject') level?.votes.push(vote(viewer, 'reject', at, text));
    const state = ({ reject: 'rejected', withdraw: 'withdrawn', revoke: 'revoked' } as const)[action];
    note(state);
    Object.assign(one, { state, decided_at: at, waiting_since: null, lapses_at: null });
  }
  return null;
}

/** Fetches it at the mock proxy: once. */
export function redeem(one: Export, viewer: Person): ReasonCode | null {
  const reason = downloadBlocked(one, viewer);
  if (reason !== null) return reason;
  const at = new Date().toISOString();
  one.version += 1;
  Object.assign(one, { state: 'redeemed', decided_at: at });
  one.timeline.push({ at, kind: 'redeemed', who: viewer.name, level: null, comment: null });
  return null;
}

const personRef = ({ id, name, roles }: Person) => ({ id, display_name: name, roles });

export function summary(one: Export): ApprovalSummary {
  const level = current(one);
  const open = one.classes.map((each) => OPENNESS.indexOf(each.rendering));
  return {
    id: one.id,
    version: one.version,
    state: one.state,
    requester: personRef(one.requester),
    purpose: one.purpose,
    title_zh: one.title_zh,
    title_en: one.title_en,
    format: 'csv',
    records: one.records,
    most_open: OPENNESS[Math.max(...open)] ?? 'redacted',
    class_count: one.classes.length,
    level: level === undefined ? null : { level: level.level, title_zh: level.title_zh, title_en: level.title_en },
    levels_done: one.chain.filter(hasSaidYes).length,
    levels_total: one.chain.length,
    created_at: one.created_at,
    submitted_at: one.submitted_at,
    waiting_since: one.waiting_since,
    lapses_at: one.lapses_at,
    decided_at: one.decided_at,
  };
}

export function detail(one: Export, viewer: Person, proxyUrl: string): ApprovalDetail {
  const download = downloadBlocked(one, viewer);
  const may = (action: Action) => actionState(blocked(one, viewer, action));
  return {
    id: one.id,
    version: one.version,
    state: one.state,
    requester: personRef(one.requester),
    purpose: one.purpose,
    purpose_needed: one.state === 'held',
    what: {
      route_id: 'customers.export',
      title_zh: one.title_zh,
      title_en: one.title_en,
      method: 'GET',
      path: one.path,
      filters: one.filters,
      format: 'csv',
      records: one.records,
      bytes: one.bytes,
      classes: one.classes,
    },
    chain: one.chain.map((level) => ({ ...level, status: stage(one, level) })),
    created_at: one.created_at,
    submitted_at: one.submitted_at,
    waiting_since: one.waiting_since,
    lapses_at: one.lapses_at,
    redeem_until: one.redeem_until,
    decided_at: one.decided_at,
    timeline: one.timeline,
    actions: {
      submit: may('submit'),
      approve: may('approve'),
      reject: may('reject'),
      withdraw: may('withdraw'),
      revoke: may('revoke'),
      download: {
        ...actionState(download),
        url: download === null ? `${proxyUrl}/.overcoat/exports/${one.id}` : null,
      },
    },
  };
}

/** What a list shows to a viewer, in the server's order. */
export function view(all: Export[], viewer: Person, name: string): Export[] {
  if (name === 'to_decide') return all.filter((one) => voteBlocked(one, viewer) === null);
  if (name === 'mine') return all.filter((one) => one.requester.id === viewer.id);
  const voted = (one: Export) => one.chain.some((level) => level.votes.some((each) => each.person === viewer.id));
  const ended = (one: Export) => Date.parse(one.decided_at ?? one.created_at);
  return all
    .filter((one) => voted(one) || (isOver(one) && (one.requester.id === viewer.id || viewer.levels.length > 0)))
    .sort((one, other) => ended(other) - ended(one));
}
