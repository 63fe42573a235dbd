// Says how many compressed bytes the first page needs, and fails above the budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** What a slow phone may have to load before the sign-in or a list can be used. */
const BUDGET_BYTES = 300 * 1024;

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) closure(next, seen);
  return seen;
}

function filesOf(keys) {
  const files = new Set(['index.html']);
  for (const key of keys) {
    files.add(manifest[key].file);
    for (const css of manifest[key].css ?? []) files.add(css);
  }
  return [...files];
}

const gzipped = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shared = closure(entry);
let worst = 0;
for (const page of manifest[entry].dynamicImports ?? []) {
  const total = filesOf(new Set([...shared, ...closure(page)])).reduce((sum, file) => sum + gzipped(file), 0);
  worst = Math.max(worst, total);
  console.log(`${page.padEnd(32)} ${kib(total)} gzip, first load`);
}
if (worst > BUDGET_BYTES) {
  console.error(`over the budget of ${kib(BUDGET_BYTES)}`);
  process.exit(1);
}
