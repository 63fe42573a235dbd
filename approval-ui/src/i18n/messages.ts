import { en } from './en';
import { zh } from './zh';

export type Language = 'zh' | 'en';
export type MessageKey = keyof typeof en;
export type Values = Record<string, string | number>;

export const MESSAGES: Record<Language, Record<MessageKey, string>> = { zh, en };

/** `{name}`, or `{name|one|other}` where the number decides. */
const PLACE = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;

const NUMBERS: Record<Language, Intl.NumberFormat> = {
  zh: new Intl.NumberFormat('zh-CN'),
  en: new Intl.NumberFormat('en-GB'),
};

/** A text in a language, its places filled in. A place without a value stays visible, so that a test sees it. */
export function message(language: Language, key: MessageKey, values: Values = {}): string {
  return MESSAGES[language][key].replace(PLACE, (place: string, name: string, one?: string, other?: string) => {
    const value = values[name];
    if (value === undefined) return place;
    if (one !== undefined && other !== undefined) return value === 1 ? one : other;
    return typeof value === 'number' ? NUMBERS[language].format(value) : value;
  });
}

/** The language of the first of the browser's languages that the page speaks; else the server's. */
export function languageOf(preferred: readonly string[], fallback: Language): Language {
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'zh' || primary === 'en') return primary;
  }
  return fallback;
}
