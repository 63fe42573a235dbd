import { Alert, Button } from 'antd';
import { ApiError } from '../api/problem';
import { problemText } from '../i18n/codes';
import { useLanguage } from '../i18n/language';
import './trouble.css';

type Props = {
  error: Error;
  onRetry?: () => void;
  /** Older data is still on the page. */
  stale?: boolean;
  /** There is nothing else on the page, so the text is its heading. */
  heading?: boolean;
};

/** Says what went wrong, in the reader's words. */
export function Trouble({ error, onRetry, stale = false, heading = false }: Props) {
  const { t } = useLanguage();
  const text = problemText(t, error instanceof ApiError ? error : new ApiError('internal'));
  const away = error instanceof ApiError && (error.code === 'network' || error.status >= 500);
  return (
    <Alert
      className="trouble"
      type={away ? 'warning' : 'error'}
      role="alert"
      title={heading ? <h1 className="trouble-heading">{text}</h1> : text}
      description={stale ? t('problem.stale') : undefined}
      action={onRetry && <Button onClick={onRetry}>{t('app.retry')}</Button>}
    />
  );
}
