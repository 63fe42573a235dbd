import { Navigate, useLocation } from 'react-router';
import { useSession } from '../api/queries';
import { Trouble } from '../ui/Trouble';
import { PageSkeleton } from '../ui/PageSkeleton';
import { SessionContext } from './session';
import { Shell } from './Shell';

/** Lets only people who are signed in past; the others sign in and come back to where they wanted to be. */
export function RequireSession() {
  const session = useSession();
  const { pathname, search } = useLocation();
  if (session.data === null) {
    return <Navigate replace to={`/sign-in?${new URLSearchParams({ next: pathname + search }).toString()}`} />;
  }
  if (session.data === undefined) {
    if (session.error === null) return <PageSkeleton />;
    return (
      <main className="lone">
        <Trouble error={session.error} onRetry={() => void session.refetch()} heading />
      </main>
    );
  }
  return (
    <SessionContext value={session.data}>
      <Shell />
    </SessionContext>
  );
}
