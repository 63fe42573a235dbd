// How numbers, sizes, times and spans are written. Pure: language, time zone and "now" come from outside.
import type { Language } from './i18n/messages';

const LOCALE: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language]).format(value);
}

const SIZE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A size in decimal units, as file managers show it: `1.4 MB`. */
export function formatBytes(bytes: number, language: Language): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), SIZE_UNITS.length - 1);
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  const number = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits }).format(value);
  return `${number} ${SIZE_UNITS[power] ?? 'B'}`;
}

/** Date and time to the minute; the year only when it is not this one. */
export function formatTime(iso: string, language: Language, now: number, timeZone?: string): string {
  const at = new Date(iso);
  const zone = timeZone === undefined ? {} : { timeZone };
  const year = (date: Date) => new Intl.DateTimeFormat('en', { year: 'numeric', ...zone }).format(date);
  return new Intl.DateTimeFormat(LOCALE[language], {
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(year(at) === year(new Date(now)) ? {} : { year: 'numeric' }),
    ...zone,
  }).format(at);
}

/** Date and time with seconds and zone, for the tooltip and for readers that want it exact. */
export function formatExactTime(iso: string, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    dateStyle: 'full',
    timeStyle: 'long',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso));
}

function unitOf(ms: number): ['day' | 'hour' | 'minute', number] {
  if (ms >= DAY_MS) return ['day', DAY_MS];
  if (ms >= HOUR_MS) return ['hour', HOUR_MS];
  return ['minute', MINUTE_MS];
}

/** A span in its largest unit, rounded down but never to nothing: `3 hours`, `2天`, `1 minute`. */
export function formatSpan(ms: number, language: Language): string {
  const [unit, length] = unitOf(ms);
  const amount = Math.max(Math.floor(ms / length), 1);
  return new Intl.NumberFormat(LOCALE[language], { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

/** How long a request has waited, in milliseconds; none when it does not wait. */
export function waitingFor(since: string | null | undefined, now: number): number | null {
  if (since == null) return null;
  return Math.max(now - Date.parse(since), 0);
}

/** Below this what is left of a time limit is shown as urgent. */
const URGENT_MS = 4 * HOUR_MS;

export function isUrgent(limit: string | null | undefined, now: number): boolean {
  if (limit == null) return false;
  const left = Date.parse(limit) - now;
  return left > 0 && left < URGENT_MS;
}

/** The day of a time in the reader's zone, for grouping: `Monday, 23 November`. */
export function formatDay(iso: string, language: Language, timeZone?: string): string {
  return new Intl.DateTimeFormat(LOCALE[language], {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    year: 'numeric',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso));
}
