import { useState } from 'react';

/**
 * Tells a screen reader when what is shown has changed by itself. `seen` is a fingerprint of what is shown, `null`
 * while there is nothing yet; the first one is no news.
 */
export function useChangeNotice(seen: string | null, text: string) {
  const [last, setLast] = useState(seen);
  const [changes, setChanges] = useState(0);
  if (seen !== last) {
    setLast(seen);
    if (last !== null && seen !== null) setChanges((count) => count + 1);
  }
  return (
    <p className="visually-hidden" aria-live="polite">
      {changes > 0 && <span key={changes}>{text}</span>}
    </p>
  );
}
