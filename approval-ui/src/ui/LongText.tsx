import { Input } from 'antd';
import type { TextAreaRef } from 'antd/es/input/TextArea';
import type { Ref } from 'react';
import { useLanguage } from '../i18n/language';
import './field.css';

/** In comments and purposes, as the server takes them. */
const MAX_CHARACTERS = 1000;
/** From here on the page says how much room is left. */
const NEARLY_FULL = 900;

export type LongTextHandle = TextAreaRef;

type Props = {
  id: string;
  label: string;
  value: string;
  /** What is wrong with the text, if anything. */
  error: string | null;
  describedBy?: string;
  ref: Ref<LongTextHandle>;
  onChange: (text: string) => void;
};

/** A comment or a purpose: with a label, a limit, and what is wrong with it told beside it. */
export function LongText({ id, label, value, error, describedBy = '', ref, onChange }: Props) {
  const { t } = useLanguage();
  const errorId = `${id}-error`;
  const described = `${error === null ? '' : errorId} ${describedBy}`.trim();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Input.TextArea
        id={id}
        ref={ref}
        rows={4}
        maxLength={MAX_CHARACTERS}
        value={value}
        status={error === null ? '' : 'error'}
        aria-invalid={error !== null}
        aria-describedby={described === '' ? undefined : described}
        onChange={(event) => onChange(event.target.value)}
      />
      {error !== null && (
        <p id={errorId} className="field-error">
          {error}
        </p>
      )}
      {value.length > NEARLY_FULL && (
        <p className="soft field-left">{t('purpose.left', { n: MAX_CHARACTERS - value.length })}</p>
      )}
    </div>
  );
}
