import type { Problem } from './model';

/** What went wrong, as the page speaks of it: a code to translate, never a text of the server's. */
export class ApiError extends Error {
  /** `network` when no answer came, `unreadable` when it was no answer of ours. */
  readonly code: Problem['code'] | 'network' | 'unreadable';
  readonly status: number;
  readonly reason: Problem['reason_code'];

  constructor(code: ApiError['code'], status = 0, reason: Problem['reason_code'] = null) {
    super(code);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.reason = reason;
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && typeof (value as { code?: unknown }).code === 'string';
}

/** When an answer in between (a front proxy, say) is not ours, its status still says the kind. */
const BY_STATUS: Record<number, Problem['code']> = {
  400: 'bad_request',
  401: 'not_signed_in',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  429: 'too_many_attempts',
  503: 'store_unavailable',
};

/** The error of an answer that is not a success. */
export async function problemOf(answer: Response): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => null);
  if (isProblem(body)) return new ApiError(body.code, answer.status, body.reason_code ?? null);
  return new ApiError(BY_STATUS[answer.status] ?? 'unreadable', answer.status);
}
