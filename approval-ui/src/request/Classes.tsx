import type { ReleasedClass, Rendering } from '../api/model';
import { formatNumber } from '../format';
import { levelText } from '../i18n/codes';
import { useLanguage } from '../i18n/language';
import { RenderingBadge } from '../ui/Badges';
import { mostOpenFirst, renderingsOf } from './openness';
import './classes.css';

function Legend({ renderings }: { renderings: Rendering[] }) {
  const { t } = useLanguage();
  return (
    <dl className="legend">
      {renderings.map((rendering) => (
        <div key={rendering}>
          <dt>{t(`rendering.${rendering}`)}</dt>
          <dd>{t(`renderingText.${rendering}`)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Which kinds of sensitive values would leave, and how much of each; the most open first. */
export function Classes({ classes }: { classes: ReleasedClass[] }) {
  const { t, language, pick } = useLanguage();
  const sorted = mostOpenFirst(classes);
  return (
    <section className="card" aria-labelledby="classes-title">
      <h2 id="classes-title">{t('classes.title')}</h2>
      <p className="lead">{classes.length === 0 ? t('classes.none') : t('classes.lead')}</p>
      {classes.length > 0 && (
        <>
          <table className="classes">
            <thead>
              <tr>
                <th scope="col">{t('classes.class')}</th>
                <th scope="col">{t('classes.rendering')}</th>
                <th scope="col" className="classes-count">
                  {t('classes.count')}
                </th>
              </tr>
            </thead>
            <tbody>
              {sorted.map((each) => (
                <tr key={`${each.class}-${each.rendering}`}>
                  <th scope="row">
                    {pick(each)}
                    <span className="classes-level">
                      <span className="visually-hidden">{t('classes.level')}: </span>
                      {levelText(t, each.level)}
                    </span>
                  </th>
                  <td>
                    <RenderingBadge rendering={each.rendering} />
                  </td>
                  <td className="classes-count number">
                    {each.count == null ? t('request.unknown') : formatNumber(each.count, language)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Legend renderings={renderingsOf(sorted)} />
        </>
      )}
    </section>
  );
}
