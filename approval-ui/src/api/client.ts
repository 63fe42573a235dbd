import { noteServerTime } from './clock';
import { ApiError, problemOf } from './problem';

/** After this an unanswered request counts as failed; a phone may have lost its network without noticing. */
const TIMEOUT_MS = 20_000;

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/;

type Call = { method?: 'GET' | 'POST' | 'DELETE'; body?: unknown; signal?: AbortSignal };

/** Aborts when the caller does or when the time is over. (`AbortSignal.any` is too new for older phones.) */
function abortOn(signal: AbortSignal | undefined, ms: number) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, ms);
  if (signal?.aborted) abort();
  signal?.addEventListener('abort', abort);
  const done = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  };
  return { signal: controller.signal, done };
}

async function send(path: string, { method = 'GET', body, signal }: Call): Promise<Response> {
  const headers = new Headers({ Accept: 'application/json' });
  if (method !== 'GET') headers.set('X-Overcoat-Request', '1');
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const { signal: either, done } = abortOn(signal, TIMEOUT_MS);
  try {
    return await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: either,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError('network');
  } finally {
    done();
  }
}

/** Calls the server; every failure is an [`ApiError`] that the page can put into words. */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const answer = await send(path, options);
  noteServerTime(answer.headers.get('date'));
  if (!answer.ok) throw await problemOf(answer);
  if (answer.status === 204) return undefined as T;
  if (!JSON_TYPE.test(answer.headers.get('content-type') ?? '')) throw new ApiError('unreadable', answer.status);
  try {
    return (await answer.json()) as T;
  } catch {
    throw new ApiError('unreadable', answer.status);
  }
}
