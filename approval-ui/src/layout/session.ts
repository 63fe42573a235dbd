import { createContext, useContext } from 'react';
import type { SessionInfo } from '../api/model';

export const SessionContext = createContext<SessionInfo | null>(null);

/** Who is signed in; only below `RequireSession`. */
export function useViewer(): SessionInfo {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('useViewer needs RequireSession');
  return session;
}
