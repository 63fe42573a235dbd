import { Button } from 'antd';
import { useRef, useState, type SubmitEvent } from 'react';
import { useRefresh, type useStep } from '../api/queries';
import type { ApprovalDetail } from '../api/model';
import { formatSpan, formatTime } from '../format';
import { useLanguage } from '../i18n/language';
import { Icon } from '../ui/Icon';
import { LongText, type LongTextHandle } from '../ui/LongText';
import { useNow } from '../ui/Moment';
import { Trouble } from '../ui/Trouble';
import { Blocked, blockedId } from './Blocked';
import { keepsDialog } from './Outcome';

type Props = { detail: ApprovalDetail; step: ReturnType<typeof useStep> };

/** The server needs a moment to note a download; then the page looks again. */
const AFTER_DOWNLOAD_MS = [1_500, 5_000];

function PurposeForm({ detail, step }: Props) {
  const { t } = useLanguage();
  const [purpose, setPurpose] = useState('');
  const [missing, setMissing] = useState(false);
  const field = useRef<LongTextHandle>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = purpose.trim();
    setMissing(text === '');
    if (text === '') return field.current?.focus();
    step.mutate({ action: 'submit', version: detail.version, text });
  };
  return (
    <section className="card next-step" aria-labelledby="purpose-title">
      <h2 id="purpose-title">{t('purpose.title')}</h2>
      <form onSubmit={submit} noValidate>
        <p id="purpose-lead" className="soft">
          {t('purpose.lead')}
        </p>
        <LongText
          id="purpose"
          ref={field}
          label={t('purpose.label')}
          value={purpose}
          error={missing ? t('purpose.needed') : null}
          describedBy="purpose-lead"
          onChange={(text) => {
            setPurpose(text);
            setMissing(false);
          }}
        />
        {step.error !== null && keepsDialog(step.error) && <Trouble error={step.error} />}
        <Button type="primary" htmlType="submit" loading={step.isPending}>
          {t('purpose.submit')}
        </Button>
      </form>
    </section>
  );
}

function Until({ at }: { at: string }) {
  const { t, language } = useLanguage();
  const now = useNow();
  const left = Date.parse(at) - now;
  if (left <= 0) return null;
  return t('download.until', { time: formatTime(at, language, now), span: formatSpan(left, language) });
}

/** The download is a plain form to the proxy's own address: the file never passes through this page. */
function DownloadPanel({ detail }: { detail: ApprovalDetail }) {
  const { t } = useLanguage();
  const refresh = useRefresh(detail.id);
  const [started, setStarted] = useState(false);
  const { allowed, reason_code: reason, url } = detail.actions.download;
  const onSubmit = () => {
    setStarted(true);
    for (const delay of AFTER_DOWNLOAD_MS) setTimeout(() => void refresh(), delay);
  };
  const icon = <Icon name="download" size={18} />;
  return (
    <section className="card next-step" aria-labelledby="download-title">
      <h2 id="download-title">{t('action.download')}</h2>
      {allowed && url != null ? (
        <form method="post" action={url} onSubmit={onSubmit}>
          <p id="download-once" className="soft">
            {t('download.once')} {detail.redeem_until != null && <Until at={detail.redeem_until} />}
          </p>
          <Button type="primary" htmlType="submit" icon={icon} aria-describedby="download-once">
            {t('action.download')}
          </Button>
        </form>
      ) : (
        <>
          <Button className="decide blocked" icon={icon} aria-disabled aria-describedby={blockedId('download', reason)}>
            {t('action.download')}
          </Button>
          <Blocked panel="download" actions={[{ label: 'action.download', reason }]} />
        </>
      )}
      <p role="status" className="soft">
        {started && allowed && t('download.started')}
      </p>
    </section>
  );
}

/** What the requester has to do next: say what for, or fetch what was granted. */
export function NextStep({ detail, own, step }: Props & { own: boolean }) {
  if (detail.actions.submit.allowed) return <PurposeForm detail={detail} step={step} />;
  if (own && (detail.state === 'approved' || detail.state === 'redeemed')) return <DownloadPanel detail={detail} />;
  return null;
}
