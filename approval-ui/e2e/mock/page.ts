// Serves the built page as the product does: same policy, fresh nonce, every unknown path is the page.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

/** The policy of the product (`src/control/security.rs`). */
function policy(nonce: string, proxyUrl: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    `form-action 'self' ${proxyUrl}`,
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

export function servePage(path: string, response: ServerResponse, proxyUrl: string): void {
  const type = TYPES[extname(path)];
  if (type !== undefined && !path.includes('..')) {
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(readFileSync(DIST + path));
    return;
  }
  const nonce = randomBytes(16).toString('base64');
  const html = readFileSync(`${DIST}/index.html`, 'utf8').replace('__CSP_NONCE__', nonce);
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': policy(nonce, proxyUrl),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    })
    .end(html);
}
