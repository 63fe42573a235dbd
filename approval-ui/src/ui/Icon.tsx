// The few signs of the page, drawn here so that no icon font or set has to be loaded. Always beside a text.
import type { ReactNode } from 'react';

const PATHS = {
  inbox: <path d="M4 13.500h4l1.5 3h5l1.5-3h4M4 13.5 6.5 5h11L20 13.500V19H4z" />,
  person: <path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7.5 8.500a7.5 7.5 0 0 1 15 0" />,
  history: <path d="M4 12a8 8 0 1 0 2.6-5.900L4 8.500M4 4v4.500h4.500M12 7.500V12l3 2" />,
  back: <path d="M19 12H5m6-6-6 6 6 6" />,
  check: <path d="m5 12.5 4.5 4.500L19 7.5" />,
  cross: <path d="M6.5 6.500l11 11m0-11-11 11" />,
  clock: <path d="M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7v5l3.5 2" />,
  lock: <path d="M6 11h12v9H6zm2.5 0V8a3.5 3.5 0 0 1 7 0v3" />,
  download: <path d="M12 4v11m-5-4.5 5 5 5-5M5 20h14" />,
  skip: <path d="m6 6 6 6-6 6m7-12 6 6-6 6" />,
  out: <path d="M14 4h5v16h-5M4 12h11m-4-4 4 4-4 4" />,
  info: <path d="M12 20.500a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.500M12 7.500v.5" />,
  undo: <path d="M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H8" />,
  pen: <path d="M4 20h4L19 9l-4-4L4 16zm9-13 4 4" />,
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.9}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {PATHS[name]}
    </svg>
  );
}

/** The sign of the house: three coats of paint. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false" className="mark">
      <g fill="none" strokeWidth="2.4" strokeLinecap="round" strokeLinejoin="round">
        <path d="M7 20.5 16 25l9-4.5" stroke="#5fb3b3" />
        <path d="M7 15.8 16 20.300l9-4.5" stroke="#f4efe4" />
      </g>
      <path d="M16 6.5 25 11l-9 4.500L7 11z" fill="#e08a4a" />
    </svg>
  );
}
