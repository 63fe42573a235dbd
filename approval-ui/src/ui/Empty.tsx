import './empty.css';

/** A list with nothing in it says so, and says what would bring something into it. */
export function Empty({ title, text }: { title: string; text: string }) {
  return (
    <div className="empty">
      <svg width="96" height="72" viewBox="0 0 96 72" aria-hidden="true" focusable="false">
        <g fill="none" strokeWidth="3" strokeLinejoin="round" strokeLinecap="round">
          <path d="M10 50 48 66l38-16" stroke="var(--line)" />
          <path d="M10 37 48 53l38-16" stroke="var(--line-strong)" opacity=".55" />
          <path d="M48 8 86 24 48 40 10 24z" stroke="var(--primary)" fill="var(--primary-soft)" />
        </g>
      </svg>
      <h2>{title}</h2>
      <p className="soft">{text}</p>
    </div>
  );
}
