import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { call } from './client';
import type { Action, ApprovalDetail, ApprovalPage, Sample, SessionInfo, View } from './model';
import { ApiError } from './problem';

/** How often an open page asks for news; a tab in the background does not ask. */
const POLL_MS = 10_000;
/** Rows of a list that are fetched at once. */
const PAGE_ITEMS = 30;
/** Reads are tried again this often when the network or the store was away. */
const RETRIES = 2;
/** Random bytes of an idempotency key: 128 bits cannot meet by chance. */
const KEY_BYTES = 16;

export const SESSION = ['session'] as const;
const APPROVALS = ['approvals'] as const;
const listKey = (view: View) => [...APPROVALS, 'list', view] as const;
const detailKey = (id: string) => [...APPROVALS, 'detail', id] as const;

function isPassing(error: Error): boolean {
  return error instanceof ApiError && (error.code === 'network' || error.status >= 500);
}

/** One client for the page. When an answer says 401 the session is forgotten, and the page shows the sign-in. */
export function makeQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => forgetLostSession(client, error),
    }),
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < RETRIES && isPassing(error),
        staleTime: 2_000,
      },
      mutations: { retry: false, onError: (error) => forgetLostSession(client, error) },
    },
  });
  return client;
}

function forgetLostSession(client: QueryClient, error: Error): void {
  if (!(error instanceof ApiError) || error.code !== 'not_signed_in') return;
  client.setQueryData(SESSION, null);
}

/** The session; `null` when nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: SESSION,
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      try {
        return await call<SessionInfo>('/api/v1/session', { signal });
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not_signed_in') return null;
        throw error;
      }
    },
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { account: string; password: string }) =>
      call<SessionInfo>('/api/v1/session', { method: 'POST', body }),
    // Wrong credentials are a 401 too, and no lost session.
    onError: () => undefined,
    onSuccess: (session) => {
      client.removeQueries({ queryKey: APPROVALS });
      client.setQueryData(SESSION, session);
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => call<undefined>('/api/v1/session', { method: 'DELETE' }),
    onSuccess: () => {
      client.removeQueries({ queryKey: APPROVALS });
      client.setQueryData(SESSION, null);
    },
  });
}

function listPath(view: View, cursor: string | null): string {
  const query = new URLSearchParams({ view, limit: String(PAGE_ITEMS) });
  if (cursor !== null) query.set('cursor', cursor);
  return `/api/v1/approvals?${query.toString()}`;
}

/** A list, page by page, kept fresh. */
export function useApprovals(view: View) {
  return useInfiniteQuery({
    queryKey: listKey(view),
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => call<ApprovalPage>(listPath(view, pageParam), { signal }),
    getNextPageParam: (page) => page.next_cursor ?? null,
    refetchInterval: POLL_MS,
    placeholderData: keepPreviousData,
  });
}

/** One request, kept fresh. */
export function useApproval(id: string) {
  return useQuery({
    queryKey: detailKey(id),
    queryFn: ({ signal }) => call<ApprovalDetail>(`/api/v1/approvals/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: POLL_MS,
  });
}

/** The first rows of a request; they do not change while it is the same hold. */
export function useSample(id: string) {
  return useQuery({
    queryKey: [...detailKey(id), 'sample'],
    queryFn: ({ signal }) => call<Sample>(`/api/v1/approvals/${encodeURIComponent(id)}/sample`, { signal }),
    staleTime: 5 * 60_000,
  });
}

/** A key under which the server answers a repeated decision with the same outcome. */
function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export type Step = { action: Action; version: number; text: string };

function stepBody({ action, version, text }: Step) {
  const idempotency_key = idempotencyKey();
  if (action === 'submit') return { version, purpose: text, idempotency_key };
  return { version, comment: text === '' ? null : text, idempotency_key };
}

/**
 * Does something to a request. Tried once more under the same key when no answer came: the first try may have
 * been counted. Whatever comes of it, the request is read again, so that the page shows what the server knows.
 */
export function useStep(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (step: Step) => {
      const path = `/api/v1/approvals/${encodeURIComponent(id)}/${step.action}`;
      const body = stepBody(step);
      try {
        return await call<ApprovalDetail>(path, { method: 'POST', body });
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 'network') throw error;
        return await call<ApprovalDetail>(path, { method: 'POST', body });
      }
    },
    onSuccess: (detail) => {
      client.setQueryData(detailKey(id), detail);
      void client.invalidateQueries({ queryKey: [...APPROVALS, 'list'] });
    },
    onError: (error) => {
      forgetLostSession(client, error);
      void client.invalidateQueries({ queryKey: detailKey(id), exact: true });
      void client.invalidateQueries({ queryKey: [...APPROVALS, 'list'] });
    },
  });
}

/** Reads a request again, for instance after its download was started. */
export function useRefresh(id: string) {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: detailKey(id), exact: true });
}
