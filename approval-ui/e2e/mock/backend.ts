// A server in memory that speaks the API, serves the built page under the same policy as the product does, and stands in for
// the proxy that hands out the file. One for each test, on free ports.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Action, ApprovalDetail, ApprovalPage, Problem, ReasonCode, SessionInfo } from '../../src/api/model';
import { seed, type Export } from './exports';
import { PASSWORD, PEOPLE, sessionOf, type Person } from './people';
import { servePage } from './page';
import { apply, detail, redeem, summary, view } from './rules';

const ACTIONS: Action[] = ['submit', 'approve', 'reject', 'withdraw', 'revoke'];
const STATUS: Partial<Record<Problem['code'], number>> = {
  bad_request: 400,
  comment_required: 400,
  purpose_required: 400,
  not_signed_in: 401,
  wrong_credentials: 401,
  forbidden: 403,
  cross_site: 403,
  not_found: 404,
  conflict: 409,
  store_unavailable: 503,
};

class Refusal extends Error {
  readonly code: Problem['code'];
  readonly reason: ReasonCode | null;
  constructor(code: Problem['code'], reason: ReasonCode | null = null) {
    super(code);
    this.code = code;
    this.reason = reason;
  }
}

type Decision = { version: number; comment?: string | null; purpose?: string };

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function cookieOf(request: IncomingMessage): string | undefined {
  return /(?:^|; )overcoat_session=([0-9a-f]+)/.exec(request.headers.cookie ?? '')?.[1];
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export class MockBackend {
  exports: Export[] = seed();
  /** The store is away. */
  storeDown = false;
  /** Items on a page of a list. */
  pageItems = 30;
  /** How many downloads were handed out. */
  released = 0;
  url = '';
  proxyUrl = '';
  private sessions = new Map<string, Person>();
  private control = createServer((request, response) => void this.answer(request, response));
  private proxy = createServer((request, response) => this.download(request, response));

  async start(): Promise<void> {
    this.proxyUrl = await listen(this.proxy);
    this.url = await listen(this.control);
  }

  async stop(): Promise<void> {
    for (const server of [this.control, this.proxy]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  /** The cookie of a new session, for tests that are not about the sign-in. */
  signIn(person: Person): { name: string; value: string; url: string } {
    const value = randomBytes(16).toString('hex');
    this.sessions.set(value, person);
    return { name: 'overcoat_session', value, url: this.url };
  }

  /** Ends every session, as the server does when they are too old. */
  endSessions(): void {
    this.sessions.clear();
  }

  find(id: string): Export {
    const one = this.exports.find((each) => each.id === id);
    if (one === undefined) throw new Refusal('not_found');
    return one;
  }

  /** Somebody else does something, behind the page's back. */
  act(id: string, person: Person, action: Action, text: string | null = null): void {
    const reason = apply(this.find(id), person, action, text);
    if (reason !== null) throw new Error(`the mock refuses it: ${reason}`);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (!url.pathname.startsWith('/api/')) {
      servePage(url.pathname, response, this.proxyUrl);
      return;
    }
    try {
      const body = await this.route(request, response, url);
      response.setHeader('content-type', 'application/json');
      if (body === undefined) response.writeHead(204).end();
      else response.writeHead(200).end(JSON.stringify(body));
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal('internal');
      this.refuse(response, refusal);
    }
  }

  private refuse(response: ServerResponse, { code, reason }: Refusal): void {
    const status = STATUS[code] ?? 500;
    const problem: Problem = { type: `urn:overcoat:problem:${code}`, title: code, status, code };
    if (reason !== null) problem.reason_code = reason;
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  }

  private viewer(request: IncomingMessage): Person {
    const person = this.sessions.get(cookieOf(request) ?? '');
    if (person === undefined) throw new Refusal('not_signed_in');
    return person;
  }

  private async route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<unknown> {
    const method = request.method ?? 'GET';
    if (method !== 'GET' && (request.headers['x-overcoat-request'] !== '1' || request.headers.origin !== this.url)) {
      throw new Refusal('cross_site');
    }
    if (this.storeDown) throw new Refusal('store_unavailable');
    if (url.pathname === '/api/v1/session') return this.session(request, response, method);
    const viewer = this.viewer(request);
    const [id, what] = url.pathname.replace(/^\/api\/v1\/approvals\/?/, '').split('/');
    if (id === undefined || id === '') return this.list(viewer, url.searchParams);
    const one = this.find(decodeURIComponent(id));
    if (method === 'GET') return what === 'sample' ? one.sample : detail(one, viewer, this.proxyUrl);
    const action = ACTIONS.find((each) => each === what);
    if (action === undefined) throw new Refusal('not_found');
    return this.decide(one, viewer, action, (await readBody(request)) as Decision);
  }

  private async session(request: IncomingMessage, response: ServerResponse, method: string): Promise<SessionInfo | undefined> {
    if (method === 'GET') return sessionOf(this.viewer(request), this.proxyUrl);
    if (method === 'DELETE') {
      this.sessions.delete(cookieOf(request) ?? '');
      return undefined;
    }
    const { account, password } = (await readBody(request)) as { account: string; password: string };
    const person = PEOPLE.find(({ id }) => id === account);
    if (person === undefined || password !== PASSWORD) throw new Refusal('wrong_credentials');
    const { name, value } = this.signIn(person);
    response.setHeader('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Lax`);
    return sessionOf(person, this.proxyUrl);
  }

  private list(viewer: Person, query: URLSearchParams): ApprovalPage {
    const all = view(this.exports, viewer, query.get('view') ?? '');
    const from = Number(query.get('cursor') ?? 0);
    const to = from + this.pageItems;
    return { items: all.slice(from, to).map(summary), next_cursor: to < all.length ? String(to) : null, total: all.length };
  }

  private decide(one: Export, viewer: Person, action: Action, body: Decision): ApprovalDetail {
    if (body.version !== one.version) throw new Refusal('conflict');
    const text = (action === 'submit' ? body.purpose : body.comment) ?? null;
    if (action === 'submit' && (text ?? '').length < 10) throw new Refusal('purpose_required');
    if (action === 'reject' && (text ?? '').length < 4) throw new Refusal('comment_required');
    const reason = apply(one, viewer, action, text);
    if (reason !== null) throw new Refusal('forbidden', reason);
    return detail(one, viewer, this.proxyUrl);
  }

  /** Cookies do not know ports, so the session of the page is the proxy's too, as in the demo. */
  private download(request: IncomingMessage, response: ServerResponse): void {
    const id = /^\/\.overcoat\/exports\/([\w-]+)$/.exec(request.url ?? '')?.[1] ?? '';
    const viewer = this.sessions.get(cookieOf(request) ?? '');
    const one = this.exports.find((each) => each.id === id);
    // Like the proxy: a download uses up the grant, so another site may not make a browser ask for it.
    const ours = request.method === 'POST' && request.headers.origin === this.url;
    if (!ours || viewer === undefined || one === undefined || redeem(one, viewer) !== null) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('refused');
      return;
    }
    this.released += 1;
    const headers = { 'content-type': 'text/csv', 'content-disposition': 'attachment; filename="customers.csv"' };
    response.writeHead(200, headers).end('编号,联系人\r\nC-0001,张*\r\n');
  }
}
