import { Button } from 'antd';
import { useRef, useState, type SubmitEvent } from 'react';
import type { useStep } from '../api/queries';
import type { ApprovalDetail } from '../api/model';
import { useLanguage } from '../i18n/language';
import { Dialog } from '../ui/Dialog';
import { LongText, type LongTextHandle } from '../ui/LongText';
import { Trouble } from '../ui/Trouble';
import { keepsDialog } from './Outcome';
import { mostOpenFirst } from './openness';

export type Decision = 'approve' | 'reject' | 'withdraw' | 'revoke';

/** Whoever says no says why: the requester has to know what to do better. */
const NEEDS_REASON: Decision[] = ['reject', 'revoke'];

type Props = {
  decision: Decision;
  detail: ApprovalDetail;
  step: ReturnType<typeof useStep>;
  onClose: () => void;
};

function Consequence({ decision, detail }: Pick<Props, 'decision' | 'detail'>) {
  const { t } = useLanguage();
  const name = detail.requester.display_name;
  if (decision !== 'approve') return <p>{t(`confirm.${decision}.text`, { name })}</p>;
  const { records, classes } = detail.what;
  const open = mostOpenFirst(classes)[0]?.rendering ?? 'clear';
  const last = detail.chain.filter((level) => level.status === 'current' || level.status === 'waiting').length === 1;
  return (
    <>
      <p>
        {t('confirm.approve.text', {
          name,
          records: records == null ? t('list.recordsUnknown') : t('list.records', { n: records }),
          rendering: t(`rendering.${open}`),
        })}
      </p>
      {last && <p>{t('confirm.approve.last')}</p>}
    </>
  );
}

/** Asks once more before a decision, says what follows from it, and takes the comment. */
export function Confirm({ decision, detail, step, onClose }: Props) {
  const { t } = useLanguage();
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  const field = useRef<LongTextHandle>(null);
  const needsReason = NEEDS_REASON.includes(decision);

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const text = comment.trim();
    if (needsReason && text === '') {
      setMissing(true);
      field.current?.focus();
      return;
    }
    step.mutate(
      { action: decision, version: detail.version, text },
      { onSuccess: onClose, onError: (error) => (keepsDialog(error) ? undefined : onClose()) },
    );
  };

  return (
    <Dialog title={t(`confirm.${decision}.title`)} onClose={onClose}>
      <form onSubmit={submit} className="confirm" noValidate>
        <Consequence decision={decision} detail={detail} />
        {decision !== 'withdraw' && (
          <LongText
            id="comment"
            ref={field}
            label={t(needsReason ? 'confirm.reason' : 'confirm.comment')}
            value={comment}
            error={missing ? t('confirm.reasonNeeded') : null}
            onChange={(text) => {
              setComment(text);
              setMissing(false);
            }}
          />
        )}
        {keepsDialog(step.error) && step.error !== null && <Trouble error={step.error} />}
        <div className="confirm-buttons">
          <Button onClick={onClose}>{t('app.cancel')}</Button>
          <Button type="primary" danger={decision !== 'approve'} htmlType="submit" loading={step.isPending}>
            {t(`confirm.${decision}.ok`)}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
