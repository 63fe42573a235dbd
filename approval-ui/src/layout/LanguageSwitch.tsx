import { useLanguage } from '../i18n/language';
import type { Language } from '../i18n/messages';

const LANGUAGES: Language[] = ['zh', 'en'];
const TAG: Record<Language, string> = { zh: 'zh-CN', en: 'en' };

/** Chinese or English; each names itself in its own words. */
export function LanguageSwitch() {
  const { language, setLanguage, t } = useLanguage();
  return (
    <div className="language" role="group" aria-label={t('language.label')}>
      {LANGUAGES.map((each) => (
        <button
          key={each}
          type="button"
          lang={TAG[each]}
          aria-pressed={each === language}
          onClick={() => setLanguage(each)}
        >
          {t(`language.${each}`)}
        </button>
      ))}
    </div>
  );
}
