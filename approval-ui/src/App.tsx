import { QueryClientProvider } from '@tanstack/react-query';
import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { makeQueryClient } from './api/queries';
import { CrashGuard } from './layout/CrashGuard';
import { RequireSession } from './layout/RequireSession';
import { LanguageProvider, useLanguage } from './i18n/language';
import { useAntdTheme } from './theme/antd';
import { PageSkeleton } from './ui/PageSkeleton';

const SignIn = lazy(() => import('./pages/SignIn'));
const Lists = lazy(() => import('./pages/Lists'));
const Request = lazy(() => import('./pages/Request'));
const NotFound = lazy(() => import('./pages/NotFound'));

/** The nonce under which the server's policy lets Ant Design add its styles; it is new with each load. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}

function AntDesign({ children }: { children: ReactNode }) {
  const { language } = useLanguage();
  const theme = useAntdTheme();
  const [csp] = useState(() => ({ nonce: styleNonce() }));
  return (
    <ConfigProvider
      csp={csp}
      theme={theme}
      locale={language === 'zh' ? zhCN : enUS}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      {children}
    </ConfigProvider>
  );
}

function Pages() {
  return (
    <Suspense fallback={<PageSkeleton />}>
      <Routes>
        <Route path="/sign-in" element={<SignIn />} />
        <Route element={<RequireSession />}>
          <Route index element={<Lists view="to_decide" key="to_decide" />} />
          <Route path="mine" element={<Lists view="mine" key="mine" />} />
          <Route path="history" element={<Lists view="history" key="history" />} />
          <Route path="approvals/:id" element={<Request />} />
          <Route path="*" element={<NotFound />} />
        </Route>
      </Routes>
    </Suspense>
  );
}

export function App() {
  const [client] = useState(makeQueryClient);
  return (
    <LanguageProvider>
      <AntDesign>
        <CrashGuard>
          <QueryClientProvider client={client}>
            <BrowserRouter>
              <Pages />
            </BrowserRouter>
          </QueryClientProvider>
        </CrashGuard>
      </AntDesign>
    </LanguageProvider>
  );
}
