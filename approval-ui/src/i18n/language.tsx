import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { languageOf, message, type Language, type MessageKey, type Values } from './messages';

const STORAGE_KEY = 'overcoat.language';

type LanguageContext = {
  language: Language;
  setLanguage: (language: Language) => void;
  t: (key: MessageKey, values?: Values) => string;
  /** Chooses between the two titles that the server sends. */
  pick: (of: { title_zh: string; title_en: string }) => string;
};

const Context = createContext<LanguageContext | null>(null);

function remembered(): Language | null {
  try {
    const value = localStorage.getItem(STORAGE_KEY);
    return value === 'zh' || value === 'en' ? value : null;
  } catch {
    return null; // storage is switched off: the browser's language will do
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // storage is switched off: the choice holds until the page is closed
  }
}

/** Follows the browser until somebody chooses, then remembers the choice. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, setState] = useState<Language>(() => remembered() ?? languageOf(navigator.languages, 'zh'));
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    remember(next);
    setState(next);
  }, []);
  const value = useMemo<LanguageContext>(
    () => ({
      language,
      setLanguage,
      t: (key, values) => message(language, key, values),
      pick: ({ title_zh, title_en }) => (language === 'zh' ? title_zh : title_en) || title_en || title_zh,
    }),
    [language, setLanguage],
  );
  return <Context value={value}>{children}</Context>;
}

export function useLanguage(): LanguageContext {
  const context = useContext(Context);
  if (context === null) throw new Error('useLanguage needs a LanguageProvider');
  return context;
}
