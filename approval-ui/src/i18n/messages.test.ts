import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import document from '../../openapi.json' with { type: 'json' };
import { ApiError } from '../api/problem';
import { problemText, PROBLEM_KEYS, reasonText, REASON_KEYS, SAMPLE_NOTE_KEYS, TIMELINE_KEYS } from './codes';
import { en } from './en';
import { languageOf, message, type MessageKey } from './messages';
import { zh } from './zh';

const keys = Object.keys(en) as MessageKey[];
const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].sort();
const enumOf = (name: keyof typeof document.components.schemas) =>
  (document.components.schemas[name] as unknown as { enum: string[] }).enum;

test('both languages have the same keys', () => {
  expect(Object.keys(zh).sort()).toEqual(keys.slice().sort());
});

test.each(keys)('%s has the same places in both languages, and none is empty', (key) => {
  expect(zh[key].trim()).not.toBe('');
  expect(en[key].trim()).not.toBe('');
  expect(places(zh[key])).toEqual(places(en[key]));
});

test.each(keys.filter((key) => !key.startsWith('language.') && key !== 'app.name' && key !== 'timeline.system'))(
  '%s is translated',
  (key) => {
    expect(zh[key]).toMatch(/\p{Script=Han}/u);
    expect(en[key]).not.toMatch(/\p{Script=Han}/u);
  },
);

function sources(folder: URL): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/test|en\.ts$|zh\.ts$/.test(entry.name))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'));
}

/** Keys that are put together from a code of the server's. */
const BUILT = /^(level|rendering|renderingText|state|stateText|action|done|reason|problem|timeline|sampleNote|chain|confirm|language)\./;

test('no text is left over', () => {
  const text = sources(new URL('../', import.meta.url)).join('\n');
  const unused = keys.filter((key) => !BUILT.test(key) && !text.includes(`'${key}'`));
  expect(unused).toEqual([]);
});

test.each([
  ['ReasonCode', REASON_KEYS],
  ['ProblemCode', PROBLEM_KEYS],
  ['TimelineKind', TIMELINE_KEYS],
  ['SampleNote', SAMPLE_NOTE_KEYS],
] as const)('each %s of the API has its text', (name, texts) => {
  expect(Object.keys(texts).sort()).toEqual(enumOf(name).slice().sort());
  for (const key of Object.values(texts)) expect(keys).toContain(key);
});

test('a code that is not known yet has a text too', () => {
  const t = (key: MessageKey, values?: Record<string, string | number>) => message('en', key, values);
  expect(reasonText(t, 'of_next_year')).toContain('of_next_year');
  expect(problemText(t, new ApiError('forbidden', 403, 'own_request'))).toContain(t('reason.own_request'));
  expect(problemText(t, new ApiError('network'))).toBe(t('problem.network'));
});

test('fills in places and chooses by number', () => {
  expect(message('en', 'list.records', { n: 1 })).toBe('1 record');
  expect(message('en', 'list.records', { n: 1286 })).toBe('1,286 records');
  expect(message('zh', 'list.records', { n: 1286 })).toBe('1,286 条记录');
  expect(message('en', 'list.records')).toContain('{n');
});

test('text from outside is not taken for a place', () => {
  expect(message('en', 'chain.voted.approve', { name: '{n} $& $1' })).toBe('{n} $& $1 said yes');
});

test('follows the first language that it speaks', () => {
  expect(languageOf(['de-DE', 'zh-TW', 'en'], 'en')).toBe('zh');
  expect(languageOf(['EN-us'], 'zh')).toBe('en');
  expect(languageOf(['fr'], 'zh')).toBe('zh');
  expect(languageOf([], 'en')).toBe('en');
});
