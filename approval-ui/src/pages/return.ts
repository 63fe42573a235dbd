/** Where to go after the sign-in: a path of this page, or its start. Never another site. */
export function safeReturn(next: string | null): string {
  if (next === null || !/^\/(?![/\\])/.test(next) || next.startsWith('/sign-in')) return '/';
  return next;
}
