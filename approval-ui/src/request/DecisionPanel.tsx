import { Button } from 'antd';
import { useState } from 'react';
import type { useStep } from '../api/queries';
import type { ApprovalDetail } from '../api/model';
import { useLanguage } from '../i18n/language';
import { Icon, type IconName } from '../ui/Icon';
import { Blocked, blockedId } from './Blocked';
import { Confirm, type Decision } from './Confirm';
import { decisionsShown } from './decisions';
import './decision.css';

const SIGN: Record<Decision, IconName> = { approve: 'check', reject: 'cross', withdraw: 'undo', revoke: 'cross' };

type Props = { detail: ApprovalDetail; own: boolean; step: ReturnType<typeof useStep> };

/** A button that may not be pressed can still be reached, and says why. */
function DecisionButton(props: { decision: Decision; detail: ApprovalDetail; onPress: () => void }) {
  const { t } = useLanguage();
  const { decision } = props;
  const { allowed, reason_code: reason } = props.detail.actions[decision];
  return (
    <Button
      block
      className={allowed ? `decide decide-${decision}` : 'decide blocked'}
      type={allowed && decision === 'approve' ? 'primary' : 'default'}
      danger={allowed && decision !== 'approve'}
      icon={<Icon name={SIGN[decision]} size={18} />}
      {...(allowed ? {} : { 'aria-disabled': true, 'aria-describedby': blockedId('decision', reason) })}
      onClick={allowed ? props.onPress : undefined}
    >
      {t(`action.${decision}`)}
    </Button>
  );
}

/** What the viewer can decide. On a phone it stays in reach at the lower edge while there is something to decide. */
export function DecisionPanel({ detail, own, step }: Props) {
  const { t } = useLanguage();
  const [asked, setAsked] = useState<Decision | null>(null);
  const shown = decisionsShown(detail, own);
  if (shown.length === 0) return null;
  const mine = detail.actions.approve.allowed || detail.actions.reject.allowed;
  const blocked = shown
    .filter((each) => !detail.actions[each].allowed)
    .map((each) => ({ label: `action.${each}` as const, reason: detail.actions[each].reason_code }));
  const ask = (decision: Decision) => {
    step.reset();
    setAsked(decision);
  };
  return (
    <section className={mine ? 'card decision decision-mine' : 'card decision'} aria-labelledby="decision-title">
      <h2 id="decision-title">{t(mine ? 'decision.yours' : 'decision.next')}</h2>
      <div className="decision-buttons">
        {shown.map((each) => (
          <DecisionButton key={each} decision={each} detail={detail} onPress={() => ask(each)} />
        ))}
      </div>
      <Blocked panel="decision" actions={blocked} />
      {asked !== null && (
        <Confirm decision={asked} detail={detail} step={step} onClose={() => setAsked(null)} />
      )}
    </section>
  );
}
