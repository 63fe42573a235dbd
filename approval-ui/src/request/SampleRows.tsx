import { Skeleton } from 'antd';
import { useSample } from '../api/queries';
import type { Sample } from '../api/model';
import { sampleNoteText } from '../i18n/codes';
import { useLanguage } from '../i18n/language';
import { Trouble } from '../ui/Trouble';
import './sample.css';

function Cell({ value }: { value: string | null | undefined }) {
  const { t } = useLanguage();
  if (value == null || value === '') return <span className="soft">{t('sample.empty')}</span>;
  return value;
}

/** The rows; a wide table scrolls inside its own box, which can be reached and moved by the keyboard. */
function Rows({ sample }: { sample: Sample }) {
  const { t } = useLanguage();
  return (
    <div className="sample-box" role="region" aria-label={t('sample.region')} tabIndex={0}>
      <table className="sample">
        <thead>
          <tr>
            <th scope="col" className="sample-number">
              <span className="visually-hidden">{t('sample.row')}</span>
            </th>
            {sample.columns.map((column, at) => (
              <th scope="col" key={at}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample.rows.map((row, line) => (
            <tr key={line}>
              <th scope="row" className="sample-number number">
                {line + 1}
              </th>
              {sample.columns.map((_, at) => (
                <td key={at}>
                  <Cell value={row[at]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The first rows as the viewer himself may see them. */
export function SampleRows({ id }: { id: string }) {
  const { t } = useLanguage();
  const { data: sample, error, refetch } = useSample(id);
  return (
    <section className="card" aria-labelledby="sample-title">
      <h2 id="sample-title">{t('sample.title')}</h2>
      {sample === undefined && error === null && <Skeleton active title={false} paragraph={{ rows: 5 }} />}
      {sample === undefined && error !== null && <Trouble error={error} onRetry={() => void refetch()} />}
      {sample !== undefined && (
        <>
          {sample.rows.length > 0 && <p className="lead">{t('sample.lead', { n: sample.rows.length })}</p>}
          {sample.rows.length > 0 && <Rows sample={sample} />}
          {sample.rows.length === 0 && sample.note_code == null && <p className="soft">{t('sample.none')}</p>}
          {sample.note_code != null && <p className="soft sample-note">{sampleNoteText(t, sample.note_code)}</p>}
        </>
      )}
    </section>
  );
}
