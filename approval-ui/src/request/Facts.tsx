import type { ReactNode } from 'react';
import type { ApprovalDetail } from '../api/model';
import { formatBytes, formatNumber, formatSpan } from '../format';
import { useLanguage } from '../i18n/language';
import { Moment, useNow } from '../ui/Moment';
import './facts.css';

function Fact({ label, children, wide = false }: { label: string; children: ReactNode; wide?: boolean }) {
  return (
    <div className={wide ? 'fact fact-wide' : 'fact'}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who asks, and what for. */
function Asker({ detail }: { detail: ApprovalDetail }) {
  const { t } = useLanguage();
  const { display_name: name, roles } = detail.requester;
  return (
    <section className="card asker" aria-labelledby="asker-title">
      <h2 id="asker-title" className="visually-hidden">
        {t('request.who')}
      </h2>
      <span className="asker-sign" aria-hidden="true">
        {Array.from(name)[0] ?? '·'}
      </span>
      <div>
        <p className="asker-label">{t('request.who')}</p>
        <p className="asker-name">{name}</p>
        <p className="soft asker-roles">
          {roles.length === 0 ? t('request.noRoles') : t('request.roles', { roles: roles.join(' · ') })}
        </p>
      </div>
      <div className="asker-purpose">
        <h3 className="asker-label">{t('request.purpose')}</h3>
        {detail.purpose == null || detail.purpose === '' ? (
          <p className="soft">{t('request.purposeMissing', { name })}</p>
        ) : (
          <blockquote>{detail.purpose}</blockquote>
        )}
      </div>
    </section>
  );
}

function Filters({ filters }: { filters: ApprovalDetail['what']['filters'] }) {
  const { t } = useLanguage();
  if (filters.length === 0) return t('request.noFilters');
  return (
    <ul className="filters">
      {filters.map(({ name, value_shown: value }, index) => (
        <li key={`${name}-${index}`}>
          <span className="soft">{name}</span> {value === '' ? t('request.filterEmpty') : value}
        </li>
      ))}
    </ul>
  );
}

/** A time limit, and how far away it is. */
function Limit({ at }: { at: string }) {
  const { t, language } = useLanguage();
  const left = Date.parse(at) - useNow();
  if (left <= 0) return <Moment at={at} />;
  const [before = '', after = ''] = t('request.inSpan', { time: '\u0000', span: formatSpan(left, language) }).split('\u0000');
  return (
    <>
      {before}
      <Moment at={at} />
      {after}
    </>
  );
}

const OPEN = new Set(['held', 'pending']);

/** Which list of the CRM, with which filters, and how much of it. */
function What({ detail }: { detail: ApprovalDetail }) {
  const { t, language, pick } = useLanguage();
  const { what } = detail;
  const unknown = t('request.unknown');
  return (
    <section className="card" aria-labelledby="what-title">
      <h2 id="what-title">{t('request.what')}</h2>
      <dl className="facts">
        <Fact label={t('request.records')}>
          <span className="fact-number number">{what.records == null ? unknown : formatNumber(what.records, language)}</span>
        </Fact>
        <Fact label={t('request.size')}>
          <span className="number">{what.bytes == null ? unknown : formatBytes(what.bytes, language)}</span>
        </Fact>
        <Fact label={t('request.format')}>{what.format.toUpperCase()}</Fact>
        <Fact label={t('request.list')}>{pick(what)}</Fact>
        <Fact label={t('request.asked')}>
          <Moment at={detail.created_at} />
        </Fact>
        {OPEN.has(detail.state) && detail.lapses_at != null && (
          <Fact label={t('request.lapses')}>
            <Limit at={detail.lapses_at} />
          </Fact>
        )}
        {detail.state === 'approved' && detail.redeem_until != null && (
          <Fact label={t('request.redeemUntil')}>
            <Limit at={detail.redeem_until} />
          </Fact>
        )}
        <Fact label={t('request.filters')} wide>
          <Filters filters={what.filters} />
        </Fact>
        <Fact label={t('request.address')} wide>
          <code>
            {what.method} {what.path}
          </code>
        </Fact>
        <Fact label={t('request.id')} wide>
          <code>{detail.id}</code>
        </Fact>
      </dl>
    </section>
  );
}

export function Facts({ detail }: { detail: ApprovalDetail }) {
  return (
    <>
      <Asker detail={detail} />
      <What detail={detail} />
    </>
  );
}
