import type { LevelStatus, TimelineEntry } from '../api/model';
import { timelineText } from '../i18n/codes';
import { useLanguage } from '../i18n/language';
import { Moment } from '../ui/Moment';
import './timeline.css';

const ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;

function Entry({ entry, chain }: { entry: TimelineEntry; chain: LevelStatus[] }) {
  const { t, pick } = useLanguage();
  const level = chain.find((each) => each.level === entry.level);
  return (
    <li>
      <p>
        <span className="timeline-kind">{timelineText(t, entry.kind)}</span>
        {level !== undefined && <span className="soft"> · {pick(level)}</span>}
      </p>
      <p className="soft">
        {entry.who ?? t('timeline.system')} · <Moment at={entry.at} />
      </p>
      {entry.comment != null && entry.comment !== '' && <blockquote>{entry.comment}</blockquote>}
    </li>
  );
}

/** What has happened to the request, oldest first. */
export function Timeline({ entries, chain }: { entries: TimelineEntry[]; chain: LevelStatus[] }) {
  const { t } = useLanguage();
  return (
    <section className="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t('timeline.title')}</h2>
      <ol className="timeline">
        {entries.map((entry, at) => (
          <Entry key={`${entry.at}-${at}`} entry={entry} chain={chain} />
        ))}
      </ol>
      <p className="soft timeline-zone">{t('app.timezone', { zone: ZONE })}</p>
    </section>
  );
}
