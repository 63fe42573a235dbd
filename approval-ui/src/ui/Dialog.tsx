import { useEffect, useId, useRef, type ReactNode } from 'react';
import './dialog.css';

type Props = { title: string; onClose: () => void; children: ReactNode };

/**
 * A question in front of the page. The browser's own dialog: it makes the rest of the page inert, keeps the focus, closes with
 * Escape, and needs no style that the page's policy would have to allow. (Ant Design's Modal locks scrolling by a style element
 * without a nonce.)
 */
export function Dialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    heading.current?.focus(); // a text field would bring up a phone's keyboard in front of the question
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault(); // React takes it away, so that there is one owner of "open"
        onClose();
      }}
    >
      <h2 id={titleId} ref={heading} tabIndex={-1}>{title}</h2>
      {children}
    </dialog>
  );
}
