import type { ApprovalSummary } from '../api/model';

/** What has waited longest comes first; what does not wait comes last. */
export function byLongestWait(items: readonly ApprovalSummary[]): ApprovalSummary[] {
  const since = (item: ApprovalSummary) => (item.waiting_since == null ? Infinity : Date.parse(item.waiting_since));
  return items.slice().sort((one, other) => since(one) - since(other));
}

/** Groups by the day on which a request ended (or was made), in the order given. */
export function groupByDay(
  items: readonly ApprovalSummary[],
  dayOf: (iso: string) => string,
): [string, ApprovalSummary[]][] {
  const days = new Map<string, ApprovalSummary[]>();
  for (const item of items) {
    const day = dayOf(item.decided_at ?? item.created_at);
    const group = days.get(day);
    if (group === undefined) days.set(day, [item]);
    else group.push(item);
  }
  return [...days];
}
