// Writes src/api/schema.d.ts from openapi.json; `--check` says whether the committed file is stale.
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const OPENAPI = new URL('../openapi.json', import.meta.url);
const SCHEMA = new URL('../src/api/schema.d.ts', import.meta.url);
const HEADER = '// Generated from openapi.json by `npm run types`. Do not edit.\n\n';

/** The text that src/api/schema.d.ts must have. */
export async function generate() {
  const document = JSON.parse(await readFile(OPENAPI, 'utf8'));
  return HEADER + astToString(await openapiTS(document));
}

/** The text that it has. */
export async function committed() {
  return readFile(SCHEMA, 'utf8').catch(() => '');
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = await generate();
  if (process.argv.includes('--check')) {
    if (text !== (await committed())) {
      console.error('src/api/schema.d.ts is stale: run `npm run types`');
      process.exit(1);
    }
  } else {
    await writeFile(SCHEMA, text);
  }
}
