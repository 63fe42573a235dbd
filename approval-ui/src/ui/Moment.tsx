import { useEffect, useState } from 'react';
import { serverNow } from '../api/clock';
import { formatExactTime, formatTime } from '../format';
import { useLanguage } from '../i18n/language';

/** Spans on the page are in minutes or more, so this is often enough. */
const TICK_MS = 20_000;

/** The server's now, renewed every few seconds. */
export function useNow(): number {
  const [now, setNow] = useState(() => serverNow());
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** A time in the reader's own zone; exact to the second for whoever points at it. */
export function Moment({ at }: { at: string }) {
  const { language } = useLanguage();
  const now = useNow();
  return (
    <time dateTime={at} title={formatExactTime(at, language)} className="number">
      {formatTime(at, language, now)}
    </time>
  );
}
