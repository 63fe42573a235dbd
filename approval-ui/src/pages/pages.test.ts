import { expect, test } from 'vitest';
import type { ApprovalSummary } from '../api/model';
import { byLongestWait, groupByDay } from './order';
import { safeReturn } from './return';

const item = (id: string, waiting_since: string | null, decided_at: string | null = null) =>
  ({ id, waiting_since, decided_at, created_at: '2026-11-20T00:00:00Z' }) as ApprovalSummary;

test('longest wait first, in whatever order they came; what does not wait is last', () => {
  const items = [item('young', '2026-11-23T09:00:00Z'), item('none', null), item('old', '2026-11-21T09:00:00Z')];
  expect(byLongestWait(items).map(({ id }) => id)).toEqual(['old', 'young', 'none']);
  expect(items[0]?.id).toBe('young');
});

test('groups by the day on which it ended, else was made', () => {
  const items = [item('a', null, '2026-11-23T01:00:00Z'), item('b', null), item('c', null, '2026-11-23T02:00:00Z')];
  const days = groupByDay(items, (iso) => iso.slice(0, 10));
  expect(days.map(([day, those]) => [day, those.map(({ id }) => id)])).toEqual([
    ['2026-11-23', ['a', 'c']],
    ['2026-11-20', ['b']],
  ]);
});

test('after the sign-in only to a path of this page', () => {
  expect(safeReturn('/approvals/a1?x=1')).toBe('/approvals/a1?x=1');
  for (const bad of [null, '', '//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/sign-in?next=/'])
    expect(safeReturn(bad)).toBe('/');
});
