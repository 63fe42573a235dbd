import { Alert } from 'antd';
import { useEffect, useRef } from 'react';
import type { useStep } from '../api/queries';
import { ApiError } from '../api/problem';
import { useLanguage } from '../i18n/language';
import { Trouble } from '../ui/Trouble';

/** Nothing was decided, and the same text can be sent again or made longer. */
const WORTH_ANOTHER_TRY: ApiError['code'][] = ['network', 'unreadable', 'comment_required', 'purpose_required'];

/** A fault that leaves the form open, so that what was written is not lost. */
export function keepsDialog(error: Error | null): boolean {
  return error instanceof ApiError && (error.status >= 500 || WORTH_ANOTHER_TRY.includes(error.code));
}

/** What came of the last thing that the viewer did. Takes the focus: the button that was pressed may be gone. */
export function Outcome({ step }: { step: ReturnType<typeof useStep> }) {
  const { t } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const failed = step.error !== null && !keepsDialog(step.error);
  const settled = step.isSuccess || failed;
  useEffect(() => {
    if (settled) place.current?.focus();
  }, [settled, step.submittedAt]);
  return (
    <div ref={place} tabIndex={-1} className="outcome" aria-live="polite">
      {step.isSuccess && <Alert type="success" showIcon title={t(`done.${step.variables.action}`)} />}
      {failed && <Trouble error={step.error} />}
    </div>
  );
}
