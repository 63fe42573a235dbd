import { expect, test } from 'vitest';
import { formatBytes, formatDay, formatNumber, formatSpan, formatTime, isUrgent, waitingFor } from './format';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const HOUR_MS = 3_600_000;

test('numbers and sizes', () => {
  expect(formatNumber(1_234_567, 'en')).toBe('1,234,567');
  expect([0, 999, 1_000, 412_345, 1_440_000, 2e15].map((bytes) => formatBytes(bytes, 'en'))).toEqual([
    '0 B', '999 B', '1 KB', '412 KB', '1.4 MB', '2,000 TB',
  ]);
});

test('times are in the given zone, with the year only when it is another', () => {
  expect(formatTime('2026-11-23T09:05:00Z', 'en', NOW, 'Asia/Shanghai')).toBe('23 Nov, 17:05');
  expect(formatTime('2026-11-23T09:05:00Z', 'zh', NOW, 'Asia/Shanghai')).toBe('11月23日 17:05');
  expect(formatTime('2025-01-02T23:30:00Z', 'en', NOW, 'Asia/Shanghai')).toBe('3 Jan 2025, 07:30');
  expect(formatTime('2026-11-23T16:00:00Z', 'en', NOW, 'Asia/Shanghai')).toBe('24 Nov, 00:00');
});

test('the day is that of the reader', () => {
  expect(formatDay('2026-11-22T18:00:00Z', 'en', 'Asia/Shanghai')).toMatch(/^Monday,? 23 November 2026$/);
  expect(formatDay('2026-11-22T18:00:00Z', 'zh', 'UTC')).toBe('2026年11月22日星期日');
});

test('spans are in their largest unit, rounded down, never nothing', () => {
  expect([0, 30_000, 90_000, HOUR_MS - 1, HOUR_MS, 47 * HOUR_MS, 49 * HOUR_MS].map((ms) => formatSpan(ms, 'en'))).toEqual([
    '1 minute', '1 minute', '1 minute', '59 minutes', '1 hour', '1 day', '2 days',
  ]);
  expect(formatSpan(3 * HOUR_MS, 'zh')).toBe('3小时');
});

test('waiting and urgency', () => {
  expect(waitingFor(null, NOW)).toBeNull();
  expect(waitingFor('2026-11-23T09:00:00Z', NOW)).toBe(HOUR_MS);
  expect(waitingFor('2026-11-23T11:00:00Z', NOW)).toBe(0);
  expect(isUrgent('2026-11-23T13:59:00Z', NOW)).toBe(true);
  expect(isUrgent('2026-11-23T14:00:00Z', NOW)).toBe(false);
  expect(isUrgent('2026-11-23T10:00:00Z', NOW)).toBe(false);
  expect(isUrgent(null, NOW)).toBe(false);
});
