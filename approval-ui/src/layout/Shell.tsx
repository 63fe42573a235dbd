import { useEffect, useRef, useState } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { Button } from 'antd';
import { useApprovals, useSignOut } from '../api/queries';
import { useLanguage } from '../i18n/language';
import type { MessageKey } from '../i18n/messages';
import { Icon, Mark, type IconName } from '../ui/Icon';
import { LanguageSwitch } from './LanguageSwitch';
import { useViewer } from './session';
import './shell.css';

const PLACES: { to: string; icon: IconName; label: MessageKey }[] = [
  { to: '/', icon: 'inbox', label: 'nav.toDecide' },
  { to: '/mine', icon: 'person', label: 'nav.mine' },
  { to: '/history', icon: 'history', label: 'nav.history' },
];

/** How many requests wait for the viewer; refreshed with the list itself. */
function useWaiting(): number {
  return useApprovals('to_decide').data?.pages[0]?.total ?? 0;
}

function Navigation({ waiting }: { waiting: number }) {
  const { t } = useLanguage();
  return (
    <nav aria-label={t('app.nav')} className="nav">
      <ul>
        {PLACES.map(({ to, icon, label }) => (
          <li key={to}>
            <NavLink to={to} end className="nav-link">
              <Icon name={icon} size={22} />
              <span>{t(label)}</span>
              {to === '/' && waiting > 0 && (
                <span className="nav-badge number">
                  <span aria-hidden="true">{waiting > 99 ? '99+' : waiting}</span>
                  <span className="visually-hidden">{t('nav.count', { n: waiting })}</span>
                </span>
              )}
            </NavLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Account() {
  const { t } = useLanguage();
  const { subject } = useViewer();
  const signOut = useSignOut();
  return (
    <section className="account" aria-label={t('app.account')}>
      <LanguageSwitch />
      <div className="account-person">
        <span className="account-name">{subject.display_name}</span>
        <span className="account-roles">{subject.roles.join(' · ')}</span>
      </div>
      <Button
        className="account-out"
        ghost
        icon={<Icon name="out" size={18} />}
        loading={signOut.isPending}
        onClick={() => signOut.mutate()}
      >
        {t('signOut.submit')}
      </Button>
      {signOut.isError && <p role="alert">{t('signOut.failed')}</p>}
    </section>
  );
}

/** On a phone the account hides behind its name, and goes away when the page changes. */
function AccountDisclosure() {
  const { t } = useLanguage();
  const { subject } = useViewer();
  const { pathname } = useLocation();
  const [openAt, setOpenAt] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const open = openAt === pathname;
  useEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      setOpenAt(null);
      button.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [open]);
  return (
    <div className="account-disclosure">
      <button
        ref={button}
        type="button"
        className="account-toggle"
        aria-expanded={open}
        aria-label={`${t('app.account')}: ${subject.display_name}`}
        onClick={() => setOpenAt(open ? null : pathname)}
      >
        <span aria-hidden="true">{Array.from(subject.display_name)[0] ?? '·'}</span>
      </button>
      {open && <Account />}
    </div>
  );
}

/** The frame of every page behind the sign-in: at the side on a wide screen, at top and bottom on a phone. */
export function Shell() {
  const { t } = useLanguage();
  const waiting = useWaiting();
  return (
    <div className="shell">
      <a href="#content" className="skip">
        {t('app.skip')}
      </a>
      <header className="side">
        <div className="brand">
          <Mark />
          <span>{t('app.name')}</span>
        </div>
        <Navigation waiting={waiting} />
        <div className="side-foot">
          <Account />
        </div>
        <AccountDisclosure />
      </header>
      <main id="content" tabIndex={-1} className="content">
        <Outlet />
      </main>
    </div>
  );
}
