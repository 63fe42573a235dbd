import { Button } from 'antd';
import { useMemo } from 'react';
import { useApprovals } from '../api/queries';
import type { ApprovalSummary, View } from '../api/model';
import { formatDay } from '../format';
import { useLanguage } from '../i18n/language';
import { Empty } from '../ui/Empty';
import { useChangeNotice } from '../ui/Live';
import { PageHeading } from '../ui/PageHeading';
import { PageSkeleton } from '../ui/PageSkeleton';
import { Trouble } from '../ui/Trouble';
import { RequestCard } from '../request/RequestCard';
import { byLongestWait, groupByDay } from './order';
import './lists.css';

const TEXTS = {
  to_decide: ['nav.toDecide', 'list.toDecide.lead', 'list.toDecide.empty', 'list.toDecide.emptyText'],
  mine: ['nav.mine', 'list.mine.lead', 'list.mine.empty', 'list.mine.emptyText'],
  history: ['nav.history', 'list.history.lead', 'list.history.empty', 'list.history.emptyText'],
} as const;

function Cards({ items, view }: { items: ApprovalSummary[]; view: View }) {
  return (
    <ul className="cards">
      {items.map((item) => (
        <li key={item.id}>
          <RequestCard item={item} view={view} />
        </li>
      ))}
    </ul>
  );
}

/** History, a heading for each day. */
function Days({ items }: { items: ApprovalSummary[] }) {
  const { language } = useLanguage();
  const days = groupByDay(items, (iso) => formatDay(iso, language));
  return days.map(([day, those]) => (
    <section key={day} className="day" aria-label={day}>
      <h2>{day}</h2>
      <Cards items={those} view="history" />
    </section>
  ));
}

function List({ view }: { view: View }) {
  const { t } = useLanguage();
  const list = useApprovals(view);
  const items = useMemo(() => {
    const all = list.data?.pages.flatMap((page) => page.items) ?? [];
    return view === 'to_decide' ? byLongestWait(all) : all;
  }, [list.data, view]);
  const seen = list.data === undefined ? null : items.map((item) => `${item.id}:${item.version}`).join();
  const notice = useChangeNotice(seen, t('list.updated'));

  if (list.data === undefined) {
    return list.error === null ? (
      <PageSkeleton />
    ) : (
      <Trouble error={list.error} onRetry={() => void list.refetch()} />
    );
  }
  return (
    <>
      {notice}
      {list.error !== null && <Trouble error={list.error} stale onRetry={() => void list.refetch()} />}
      {items.length === 0 && <Empty title={t(TEXTS[view][2])} text={t(TEXTS[view][3])} />}
      {view === 'history' ? <Days items={items} /> : <Cards items={items} view={view} />}
      {list.hasNextPage && (
        <Button className="more" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('app.loadMore')}
        </Button>
      )}
    </>
  );
}

/** One of the three lists. */
export default function Lists({ view }: { view: View }) {
  const { t } = useLanguage();
  const waiting = useApprovals('to_decide').data?.pages[0]?.total ?? 0;
  return (
    <>
      <div className="page-head">
        <PageHeading title={t(TEXTS[view][0])} count={view === 'to_decide' ? waiting : 0} />
        <p className="soft">{t(TEXTS[view][1])}</p>
      </div>
      <List view={view} />
    </>
  );
}
