import { Link } from 'react-router';
import { useLanguage } from '../i18n/language';
import { PageHeading } from '../ui/PageHeading';
import './lists.css';

export default function NotFound() {
  const { t } = useLanguage();
  return (
    <div className="page-head">
      <PageHeading title={t('notFound.title')} />
      <p className="soft">{t('notFound.text')}</p>
      <p>
        <Link to="/">{t('notFound.home')}</Link>
      </p>
    </div>
  );
}
