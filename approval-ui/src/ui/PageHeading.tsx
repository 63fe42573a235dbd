import { useEffect, useRef, type ReactNode } from 'react';

/** On the first page of a visit the browser has put the focus where it belongs; later pages take it to their heading. */
let visited = false;

type Props = { title: string; children?: ReactNode; count?: number };

/** The heading of a page: names the tab, and takes the focus when somebody comes here from another page. */
export function PageHeading({ title, children, count = 0 }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (visited) {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    visited = true;
  }, []);
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}${title} · Overcoat`;
  }, [title, count]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}
