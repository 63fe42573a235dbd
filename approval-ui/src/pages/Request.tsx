import { Link, useParams } from 'react-router';
import { useApproval, useStep } from '../api/queries';
import type { ApprovalDetail } from '../api/model';
import { ApiError } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { useViewer } from '../layout/session';
import { Chain } from '../request/Chain';
import { Classes } from '../request/Classes';
import { DecisionPanel } from '../request/DecisionPanel';
import { Facts } from '../request/Facts';
import { NextStep } from '../request/NextStep';
import { Outcome } from '../request/Outcome';
import { SampleRows } from '../request/SampleRows';
import { Timeline } from '../request/Timeline';
import { StateBadge } from '../ui/Badges';
import { Icon } from '../ui/Icon';
import { useChangeNotice } from '../ui/Live';
import { PageHeading } from '../ui/PageHeading';
import { PageSkeleton } from '../ui/PageSkeleton';
import { Trouble } from '../ui/Trouble';
import './request.css';

/** Where the request stands, in a sentence. */
function StateText({ detail }: { detail: ApprovalDetail }) {
  const { t, pick } = useLanguage();
  const at = detail.chain.findIndex((level) => level.status === 'current');
  const current = detail.chain[at];
  const level = String(at + 1);
  const title = current === undefined ? '' : pick(current);
  const name = detail.requester.display_name;
  return <p className="request-state soft">{t(`stateText.${detail.state}`, { name, level, title })}</p>;
}

function RequestView({ detail, stale }: { detail: ApprovalDetail; stale: Error | null }) {
  const { t, pick } = useLanguage();
  const { subject } = useViewer();
  const step = useStep(detail.id);
  const own = subject.id === detail.requester.id;
  const notice = useChangeNotice(String(detail.version), t('request.changed'));
  return (
    <>
      <div className="request-head">
        <PageHeading title={pick(detail.what)}>
          {pick(detail.what)} <StateBadge state={detail.state} />
        </PageHeading>
        <StateText detail={detail} />
      </div>
      {notice}
      {stale !== null && <Trouble error={stale} stale />}
      <Outcome step={step} />
      <div className="request-columns">
        <div className="request-column">
          <NextStep detail={detail} own={own} step={step} />
          <Facts detail={detail} />
          <Classes classes={detail.what.classes} />
          <SampleRows id={detail.id} />
        </div>
        <div className="request-column">
          <DecisionPanel detail={detail} own={own} step={step} />
          <Chain chain={detail.chain} />
          <Timeline entries={detail.timeline} chain={detail.chain} />
        </div>
      </div>
    </>
  );
}

function RequestBody({ id }: { id: string }) {
  const { t } = useLanguage();
  const request = useApproval(id);
  const gone = request.error instanceof ApiError && request.error.code === 'not_found';
  if (request.data !== undefined && !gone) return <RequestView detail={request.data} stale={request.error} />;
  if (request.error === null) {
    return (
      <>
        <h1 className="visually-hidden">{t('request.loading')}</h1>
        <PageSkeleton rows={10} />
      </>
    );
  }
  if (gone) return <Trouble error={request.error} heading />;
  return <Trouble error={request.error} heading onRetry={() => void request.refetch()} />;
}

/** One request: everything that somebody needs to decide on it, on one page. */
export default function Request() {
  const { t } = useLanguage();
  const { id = '' } = useParams();
  return (
    <>
      <p className="request-back">
        <Link to="/">
          <Icon name="back" size={18} /> {t('app.back')}
        </Link>
      </p>
      <RequestBody id={id} key={id} />
    </>
  );
}
