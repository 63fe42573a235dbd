// The real program, started by the tests on free ports in a directory of its own, and stopped by them.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = process.env.OVERCOAT_BIN ?? '';
const POLICIES = fileURLToPath(new URL('../../../policies', import.meta.url));
/** A debug build on a busy machine takes its time to start and to stop. */
const START_MS = 90_000;
const STOP_MS = 20_000;
const POLL_MS = 100;

/** The demo's people: what they are, and their passwords at Overcoat and at the CRM. */
export const PEOPLE = {
  lin: { role: 'analyst', name: '林小雨', password: 'analyst-sees-surrogates', crmPassword: 'crm-lin' },
  wang: { role: 'sales', name: '王建国', password: 'sales-sees-their-names', crmPassword: 'crm-wang' },
  zhao: { role: 'manager', name: '赵敏', password: 'manager-decides-first', crmPassword: 'crm-zhao' },
  chen: { role: 'dpo', name: '陈思远', password: 'officer-decides-last', crmPassword: 'crm-chen' },
} as const;
export type Name = keyof typeof PEOPLE;

/** A process of ours, and what it said: shown when a test fails. */
class Process {
  output = '';
  private readonly child: ChildProcess;

  constructor(args: string[]) {
    const child = spawn(BIN, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    child.on('error', (error) => (this.output += String(error)));
    this.child = child;
  }

  /** What `pattern` finds in the output, as soon as it is there. */
  async says(pattern: RegExp): Promise<string> {
    return this.until(() => pattern.exec(this.output)?.[1], `output ${pattern}`);
  }

  async answers(url: string): Promise<void> {
    const ok = () => fetch(url, { redirect: 'manual' }).then((answer) => answer.ok || undefined, () => undefined);
    await this.until(ok, `answer from ${url}`);
  }

  private async until<T>(look: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
    const end = Date.now() + START_MS;
    while (Date.now() < end && this.child.exitCode === null) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`no ${what}; the program said:\n${this.output}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.pid === undefined) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS);
    await gone;
    clearTimeout(timer);
  }
}

/** A directory that goes with the test. */
function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'overcoat-e2e-'));
}

/** `overcoat demo`: CRM, proxy and approval page, as `make demo` shows them. */
export class Demo {
  readonly directory = temporary();
  proxyUrl = '';
  controlUrl = '';
  /** The CRM itself, without Overcoat before it. */
  crmUrl = '';
  private process: Process | null = null;

  async start(): Promise<void> {
    this.process = new Process(['demo', '--port', '0', '--directory', this.directory]);
    this.proxyUrl = await this.process.says(/through Overcoat\s+(http:\S+)/);
    this.controlUrl = await this.process.says(/approvals\s+(http:\S+)/);
    this.crmUrl = await this.process.says(/unmasked\s+(http:\S+)/);
    await this.process.answers(`${this.controlUrl}/readyz`);
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  output(): string {
    return this.process?.output ?? '';
  }

  /** Replaces a text in a policy file; the running Overcoat takes it over by itself. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.directory, 'policies', file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    writeFileSync(path, text.replace(from, to));
  }

  /** Proves the audit journal; throws if a record is broken. */
  verifyAudit(): string {
    return execFileSync(BIN, ['audit', 'verify', '--config', join(this.directory, 'overcoat.yaml')], { encoding: 'utf8' });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `overcoat serve` as an operator sets it up, before a CRM at `crmUrl`. */
export class Served {
  proxyUrl = '';
  controlUrl = '';
  private readonly directory = temporary();
  private process: Process | null = null;

  async start(crmUrl: string, names: Name[]): Promise<void> {
    const [proxy, control] = await Promise.all([freePort(), freePort()]);
    this.proxyUrl = `http://127.0.0.1:${proxy}`;
    this.controlUrl = `http://127.0.0.1:${control}`;
    const config = join(this.directory, 'overcoat.yaml');
    cpSync(POLICIES, join(this.directory, 'policies'), { recursive: true });
    writeFileSync(join(this.directory, 'master.key'), randomBytes(32).toString('hex'), { mode: 0o600 });
    writeFileSync(
      config,
      [
        `proxy: { listen: "127.0.0.1:${proxy}", public_url: "${this.proxyUrl}" }`,
        `control: { listen: "127.0.0.1:${control}", public_url: "${this.controlUrl}" }`,
        `crm: { url: "${crmUrl}", name: demo, contact: "IT service desk, tel 8000" }`,
        'keys: { master: { file: master.key } }',
        '',
      ].join('\n'),
    );
    for (const name of names) {
      const { role, name: shown, password } = PEOPLE[name];
      const args = ['account', 'add', name, '--role', role, '--display-name', shown, '--config', config];
      execFileSync(BIN, args, { input: `${password}\n` });
    }
    this.process = new Process(['serve', '--config', config]);
    await this.process.answers(`${this.controlUrl}/healthz`);
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** An address at which nothing listens. */
export async function deadAddress(): Promise<string> {
  return `http://127.0.0.1:${await freePort()}`;
}
