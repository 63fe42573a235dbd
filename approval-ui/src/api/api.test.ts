import { afterEach, expect, test, vi } from 'vitest';
import { call } from './client';
import { noteServerTime, serverNow } from './clock';
import { ApiError } from './problem';

function answer(body: string, init: ResponseInit & { type?: string } = {}): void {
  const headers = { 'content-type': init.type ?? 'application/json' };
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(init.status === 204 ? null : body, { ...init, headers }))));
}

const failure = async (): Promise<ApiError> => {
  const error: unknown = await call('/api/v1/session').catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ApiError);
  return error as ApiError;
};

afterEach(() => vi.unstubAllGlobals());

test('reads an answer; 204 has none', async () => {
  answer('{"a":1}');
  expect(await call('/x')).toEqual({ a: 1 });
  answer('', { status: 204 });
  expect(await call('/x', { method: 'DELETE' })).toBeUndefined();
});

test('changes carry the header that another site cannot send; reads do not', async () => {
  answer('{}');
  await call('/x', { method: 'POST', body: { version: 1 } });
  await call('/x');
  const [post, get] = vi.mocked(fetch).mock.calls.map(([, init]) => init);
  expect(new Headers(post?.headers).get('X-Overcoat-Request')).toBe('1');
  expect(post?.body).toBe('{"version":1}');
  expect(post?.credentials).toBe('same-origin');
  expect(new Headers(get?.headers).has('X-Overcoat-Request')).toBe(false);
});

test.each([
  ['{"code":"forbidden","reason_code":"own_request"}', 403, 'application/problem+json', 'forbidden', 'own_request'],
  ['<h1>busy</h1>', 503, 'text/html', 'store_unavailable', null],
  ['<h1>bad gateway</h1>', 502, 'text/html', 'unreadable', null],
  ['null', 401, 'application/json', 'not_signed_in', null],
])('an error is put into a code: %s', async (body, status, type, code, reason) => {
  answer(body, { status, type });
  expect(await failure()).toMatchObject({ code, status, reason });
});

test('an answer that is cut or no JSON is no answer', async () => {
  answer('{"a":');
  expect((await failure()).code).toBe('unreadable');
  answer('<html>', { type: 'text/html' });
  expect((await failure()).code).toBe('unreadable');
});

test('no answer is a network problem, and says nothing of the address', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch http://10.0.0.1/')));
  const error = await failure();
  expect(error.code).toBe('network');
  expect(error.message).not.toContain('10.0.0.1');
});

test('time limits are reckoned by the server’s clock', () => {
  const device = Date.parse('2026-11-23T10:00:00Z');
  noteServerTime('Mon, 23 Nov 2026 10:30:00 GMT', device);
  expect(serverNow(device)).toBe(device + 30 * 60_000);
  noteServerTime('nonsense', device);
  noteServerTime(null, device);
  expect(serverNow(device)).toBe(device + 30 * 60_000);
  noteServerTime('Mon, 23 Nov 2026 10:00:01 GMT', device);
  expect(serverNow(device)).toBe(device);
});
