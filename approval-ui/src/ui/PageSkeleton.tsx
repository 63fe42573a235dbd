import { Skeleton } from 'antd';
import { useLanguage } from '../i18n/language';

/** What is shown while there is nothing to show yet; a screen reader hears that it loads. */
export function PageSkeleton({ rows = 6 }: { rows?: number }) {
  const { t } = useLanguage();
  return (
    <div role="status" aria-label={t('app.loading')} className="page-skeleton">
      <Skeleton active title paragraph={{ rows }} />
    </div>
  );
}
