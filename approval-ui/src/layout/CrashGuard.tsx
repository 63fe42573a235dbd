import { Component, type ReactNode } from 'react';
import { Button } from 'antd';
import { useLanguage } from '../i18n/language';

function Crashed() {
  const { t } = useLanguage();
  return (
    <main className="crashed card" role="alert">
      <h1>{t('problem.crash')}</h1>
      <p>{t('problem.crashText')}</p>
      <Button type="primary" onClick={() => location.reload()}>
        {t('problem.reload')}
      </Button>
    </main>
  );
}

/** A fault in the page, or a piece of it that could not be loaded, ends in words and not in a white page. */
export class CrashGuard extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false };

  static getDerivedStateFromError(): { crashed: boolean } {
    return { crashed: true };
  }

  override render(): ReactNode {
    return this.state.crashed ? <Crashed /> : this.props.children;
  }
}
