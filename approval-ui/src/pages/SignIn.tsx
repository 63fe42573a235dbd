import { useRef, useState, type SubmitEvent } from 'react';
import { Button, Input, type InputRef } from 'antd';
import { Navigate, useSearchParams } from 'react-router';
import { useSession, useSignIn } from '../api/queries';
import { LanguageSwitch } from '../layout/LanguageSwitch';
import { useLanguage } from '../i18n/language';
import { Mark } from '../ui/Icon';
import { PageHeading } from '../ui/PageHeading';
import { Trouble } from '../ui/Trouble';
import { safeReturn } from './return';
import '../ui/field.css';
import './sign-in.css';

type Missing = { account: boolean; password: boolean };

function Field(props: {
  id: string;
  label: string;
  error: string | null;
  children: (aria: { 'aria-invalid': boolean; 'aria-describedby'?: string }) => React.ReactNode;
}) {
  const errorId = `${props.id}-error`;
  return (
    <div className="field">
      <label htmlFor={props.id}>{props.label}</label>
      {props.children(
        props.error === null
          ? { 'aria-invalid': false }
          : { 'aria-invalid': true, 'aria-describedby': errorId },
      )}
      {props.error !== null && (
        <p id={errorId} className="field-error">
          {props.error}
        </p>
      )}
    </div>
  );
}

function SignInForm() {
  const { t } = useLanguage();
  const signIn = useSignIn();
  const accountInput = useRef<InputRef>(null);
  const passwordInput = useRef<InputRef>(null);
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const [missing, setMissing] = useState<Missing>({ account: false, password: false });

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const next = { account: account.trim() === '', password: password === '' };
    setMissing(next);
    if (next.account) return accountInput.current?.focus();
    if (next.password) return passwordInput.current?.focus();
    signIn.mutate({ account: account.trim(), password }, { onError: () => passwordInput.current?.focus() });
  };

  return (
    <form onSubmit={submit} noValidate className="sign-in-form">
      {signIn.error !== null && <Trouble error={signIn.error} />}
      <Field id="account" label={t('signIn.account')} error={missing.account ? t('signIn.needAccount') : null}>
        {(aria) => (
          <Input
            {...aria}
            id="account"
            ref={accountInput}
            name="account"
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={account}
            onChange={(event) => setAccount(event.target.value)}
          />
        )}
      </Field>
      <Field id="password" label={t('signIn.password')} error={missing.password ? t('signIn.needPassword') : null}>
        {(aria) => (
          <Input
            {...aria}
            id="password"
            ref={passwordInput}
            name="password"
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Field>
      <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
        {signIn.isPending ? t('signIn.busy') : t('signIn.submit')}
      </Button>
    </form>
  );
}

/** The sign-in; afterwards back to where somebody came from. */
export default function SignIn() {
  const { t } = useLanguage();
  const [query] = useSearchParams();
  const session = useSession();
  const next = safeReturn(query.get('next'));
  if (session.data) return <Navigate replace to={next} />;
  return (
    <div className="sign-in">
      <header className="sign-in-story">
        <div className="brand">
          <Mark size={36} />
          <span>{t('app.name')}</span>
        </div>
        <p className="sign-in-lead">{t('signIn.lead')}</p>
        <ul className="sign-in-points">
          <li>{t('signIn.point1')}</li>
          <li>{t('signIn.point2')}</li>
          <li>{t('signIn.point3')}</li>
        </ul>
      </header>
      <main className="sign-in-main">
        <div className="sign-in-panel">
          <PageHeading title={t('signIn.title')} />
          <p className="soft">{next === '/' ? t('app.tagline') : t('signIn.ended')}</p>
          <SignInForm />
          <LanguageSwitch />
        </div>
      </main>
    </div>
  );
}
