import { Link } from 'react-router';
import type { ApprovalSummary, View } from '../api/model';
import { formatSpan, isUrgent, waitingFor } from '../format';
import { useLanguage } from '../i18n/language';
import { RenderingBadge, StateBadge } from '../ui/Badges';
import { Icon } from '../ui/Icon';
import { Moment, useNow } from '../ui/Moment';
import './request-card.css';

function records(item: ApprovalSummary, t: ReturnType<typeof useLanguage>['t']): string {
  return item.records == null ? t('list.recordsUnknown') : t('list.records', { n: item.records });
}

/** What time says about a request: how long it waits, when it lapses, when it ended. */
function When({ item }: { item: ApprovalSummary }) {
  const { t, language } = useLanguage();
  const now = useNow();
  const waits = waitingFor(item.waiting_since, now);
  const open = item.state === 'held' || item.state === 'pending' || item.state === 'approved';
  const left = item.lapses_at == null ? null : Date.parse(item.lapses_at) - now;
  return (
    <div className="request-when">
      {item.state === 'pending' && waits !== null && (
        <span className="request-waits">
          <Icon name="clock" size={17} />
          {t('list.waiting', { span: formatSpan(waits, language) })}
        </span>
      )}
      {open && left !== null && left > 0 && (
        <span className={isUrgent(item.lapses_at, now) ? 'urgent' : 'soft'}>
          {t(item.state === 'approved' ? 'list.downloadUntil' : 'list.lapses', { span: formatSpan(left, language) })}
        </span>
      )}
      <span className="soft">
        <Labelled text={item.decided_at == null ? 'list.askedAt' : 'list.endedAt'} at={item.decided_at ?? item.created_at} />
      </span>
    </div>
  );
}

/** A text around a time, whichever side of it the language puts the words. */
function Labelled({ text, at }: { text: 'list.askedAt' | 'list.endedAt'; at: string }) {
  const { t } = useLanguage();
  const [before = '', after = ''] = t(text, { time: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <Moment at={at} />
      {after}
    </>
  );
}

/** One request in a list; the whole card is its link. */
export function RequestCard({ item, view }: { item: ApprovalSummary; view: View }) {
  const { t, pick } = useLanguage();
  const Title = view === 'history' ? 'h3' : 'h2'; // in the history a heading names the day
  const waitsForLevel = item.state === 'pending' && item.level != null;
  return (
    <article className={`request-card coat-${item.most_open}`}>
      <div className="request-main">
        <Title className="request-title">
          <Link to={`/approvals/${encodeURIComponent(item.id)}`}>{pick(item)}</Link>
        </Title>
        {view !== 'mine' && <p className="request-asker">{item.requester.display_name}</p>}
        <p className={item.purpose == null ? 'request-purpose soft' : 'request-purpose'}>
          {item.purpose ?? (view === 'mine' ? t('list.sayPurpose') : t('list.noPurpose'))}
        </p>
        <p className="request-facts">
          <span className="number request-records">{records(item, t)}</span>
          {item.class_count > 0 && (
            <span className="request-open">
              <span className="soft">{t('list.classes', { n: item.class_count })}</span>
              <RenderingBadge rendering={item.most_open} />
            </span>
          )}
        </p>
      </div>
      <div className="request-side">
        {(view !== 'to_decide' || item.state !== 'pending') && <StateBadge state={item.state} />}
        {waitsForLevel && item.level != null && (
          <span className="request-level">
            {t('list.level', { done: item.levels_done + 1, total: item.levels_total, title: pick(item.level) })}
          </span>
        )}
        <When item={item} />
      </div>
    </article>
  );
}
