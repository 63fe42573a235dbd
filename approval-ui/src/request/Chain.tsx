import type { LevelStage, LevelStatus } from '../api/model';
import { useLanguage } from '../i18n/language';
import { Icon, type IconName } from '../ui/Icon';
import { Moment } from '../ui/Moment';
import './chain.css';

const SIGN: Record<LevelStage, IconName> = {
  waiting: 'lock',
  current: 'clock',
  done: 'check',
  rejected: 'cross',
  skipped: 'skip',
};

function Votes({ votes }: { votes: LevelStatus['votes'] }) {
  const { t } = useLanguage();
  if (votes.length === 0) return null;
  return (
    <ul className="votes">
      {votes.map((vote) => (
        <li key={`${vote.person}-${vote.at}`}>
          <span className={`vote vote-${vote.verdict}`}>
            {t(`chain.voted.${vote.verdict}`, { name: vote.display_name })}
          </span>{' '}
          <span className="soft">
            <Moment at={vote.at} />
          </span>
          {vote.comment != null && vote.comment !== '' && <blockquote>{vote.comment}</blockquote>}
        </li>
      ))}
    </ul>
  );
}

function Level({ level, number }: { level: LevelStatus; number: number }) {
  const { t, pick } = useLanguage();
  const have = level.votes.filter((vote) => vote.verdict === 'approve').length;
  return (
    <li className={`chain-level chain-${level.status}`} aria-current={level.status === 'current' ? 'step' : undefined}>
      <span className="chain-sign">
        <Icon name={SIGN[level.status]} size={16} />
      </span>
      <div className="chain-text">
        <h3>
          <span className="number">{number}.</span> {pick(level)}
        </h3>
        <p className="chain-stage">{t(`chain.${level.status}`)}</p>
        {level.status === 'current' && level.quorum > 1 && (
          <p className="soft">{t('chain.progress', { have, need: level.quorum })}</p>
        )}
        {(level.status === 'current' || level.status === 'waiting') && (
          <p className="soft">
            {t('chain.quorum', { n: level.quorum })} · {t('chain.approvers', { roles: level.approvers.join(' · ') })}
          </p>
        )}
        <Votes votes={level.votes} />
      </div>
    </li>
  );
}

/** The chain as steps: who has to decide, who has decided, when, and what he said. */
export function Chain({ chain }: { chain: LevelStatus[] }) {
  const { t } = useLanguage();
  return (
    <section className="card" aria-labelledby="chain-title">
      <h2 id="chain-title">{t('chain.title')}</h2>
      <ol className="chain">
        {chain.map((level, at) => (
          <Level key={level.level} level={level} number={at + 1} />
        ))}
      </ol>
    </section>
  );
}
