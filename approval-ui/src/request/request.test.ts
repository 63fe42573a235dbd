import { expect, test } from 'vitest';
import type { ApprovalState, ReleasedClass, Rendering } from '../api/model';
import { decisionsShown } from './decisions';
import { mostOpenFirst, renderingsOf } from './openness';

const actions = (revoke: boolean) => {
  const no = { allowed: false, reason_code: 'not_allowed' as const };
  return { submit: no, approve: no, reject: no, withdraw: no, revoke: { ...no, allowed: revoke }, download: { ...no, url: null } };
};

test.each([
  ['held', true, ['approve', 'reject', 'withdraw']],
  ['held', false, ['approve', 'reject']],
  ['pending', true, ['approve', 'reject', 'withdraw']],
  ['pending', false, ['approve', 'reject']],
  ['approved', true, ['withdraw']],
  ['approved', false, ['revoke']],
  ['redeemed', true, []],
  ['rejected', false, []],
  ['withdrawn', true, []],
  ['revoked', false, []],
  ['lapsed', true, []],
] as [ApprovalState, boolean, string[]][])('%s, own %s: %j', (state, own, shown) => {
  expect(decisionsShown({ state, actions: actions(false) }, own)).toEqual(shown);
});

test('an own approval can be revoked when the server says so', () => {
  expect(decisionsShown({ state: 'approved', actions: actions(true) }, true)).toEqual(['withdraw', 'revoke']);
});

test('what is most open comes first', () => {
  const classes = (['redacted', 'clear', 'partial', 'clear'] as Rendering[]).map((rendering) => ({ rendering }) as ReleasedClass);
  expect(mostOpenFirst(classes).map(({ rendering }) => rendering)).toEqual(['clear', 'clear', 'partial', 'redacted']);
  expect(renderingsOf(classes)).toEqual(['clear', 'partial', 'redacted']);
});
