// The exports that the mock company has asked for: one for each state that the page can be in.
import type { ApprovalState, LevelStatus, ReleasedClass, Sample, TimelineEntry } from '../../src/api/model';
import { LI, SUN, WANG, ZHAO, type Person } from './people';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A time before (or, when negative, after) now. */
export const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();

export type Vote = LevelStatus['votes'][number];
export type Level = Pick<LevelStatus, 'level' | 'title_zh' | 'title_en' | 'quorum' | 'approvers'> & { votes: Vote[] };

/** An export as the mock store keeps it. */
export type Export = {
  id: string;
  version: number;
  state: ApprovalState;
  requester: Person;
  purpose: string | null;
  title_zh: string;
  title_en: string;
  path: string;
  filters: { name: string; value_shown: string }[];
  records: number | null;
  bytes: number | null;
  classes: ReleasedClass[];
  chain: Level[];
  created_at: string;
  submitted_at: string | null;
  waiting_since: string | null;
  lapses_at: string | null;
  redeem_until: string | null;
  decided_at: string | null;
  timeline: TimelineEntry[];
  sample: Sample;
};

const CLASSES: ReleasedClass[] = [
  { class: 'person_name', title_zh: '姓名', title_en: 'Person name', level: 'confidential', rendering: 'partial', count: 1286 },
  { class: 'phone', title_zh: '手机号码', title_en: 'Mobile number', level: 'confidential', rendering: 'surrogate', count: 1286 },
  { class: 'resident_id', title_zh: '居民身份证号', title_en: 'Resident identity number', level: 'secret', rendering: 'redacted', count: 940 },
  { class: 'address', title_zh: '地址', title_en: 'Address', level: 'confidential', rendering: 'generalised', count: 1280 },
  { class: 'price', title_zh: '价格', title_en: 'Price', level: 'secret', rendering: 'clear', count: 1286 },
];

const SAMPLE: Sample = {
  columns: ['编号', '经销商', '联系人', '手机', '身份证', '地址', '折扣价'],
  rows: [
    ['C-0001', '佛山宏彩涂料经营部', '张*', '138****5678', '440681********1234', '广东省佛山市', '186.00'],
    ['C-0004', '成都锦绣建材', '欧阳**', '139****0021', null, '四川省成都市', '172.50'],
    ['C-0007', '青岛海蓝漆业有限公司', '刘*', '177****4410', '370202********0078', '山东省青岛市', '204.00'],
    ['C-0011', '武汉东湖装饰', '陈*', '150****9083', '420106********4519', '湖北省武汉市', ''],
    ['C-0015', '苏州姑苏油漆行', '司马*', '186****3377', '320508********2236', '江苏省苏州市', '168.00'],
  ],
  note_code: 'masked_for_you',
};

/** The same data with every class at least this well covered. */
function covered(...hidden: ReleasedClass['class'][]): ReleasedClass[] {
  return CLASSES.filter((each) => !hidden.includes(each.class));
}

function level(level: string, votes: Vote[] = []): Level {
  return level === 'department'
    ? { level, title_zh: '部门主管', title_en: 'Department manager', quorum: 1, approvers: ['manager'], votes }
    : { level, title_zh: '数据保护负责人', title_en: 'Data protection officer', quorum: 1, approvers: ['dpo'], votes };
}

export function vote(person: Person, verdict: Vote['verdict'], at: string, comment: string | null = null): Vote {
  return { person: person.id, display_name: person.name, verdict, comment, at };
}

function entry(at: string, kind: TimelineEntry['kind'], who: Person | null, comment: string | null = null): TimelineEntry {
  return { at, kind, who: who?.name ?? null, level: null, comment };
}

const PURPOSE = '双十一后回访华东与华南经销商，由市场部两人电话联系，12 月 15 日前用完即删。';

/** A pending export that waits for the first level; the others differ from it. */
function base(id: string, requester: Person): Export {
  return {
    id,
    version: 2,
    state: 'pending',
    requester,
    purpose: PURPOSE,
    title_zh: '客户列表导出',
    title_en: 'Customer list export',
    path: '/api/customers.csv',
    filters: [
      { name: 'region', value_shown: '华东,华南' },
      { name: 'kind', value_shown: 'dealer' },
      { name: 'q', value_shown: '138****5678' },
    ],
    records: 1286,
    bytes: 412_345,
    classes: CLASSES,
    chain: [level('department'), level('data_protection')],
    created_at: ago(5),
    submitted_at: ago(4.8),
    waiting_since: ago(4.8),
    lapses_at: ago(-67),
    redeem_until: null,
    decided_at: null,
    timeline: [entry(ago(5), 'held', requester), entry(ago(4.8), 'submitted', requester)],
    sample: SAMPLE,
  };
}

function held(): Export {
  const one = base('held-1', LI);
  const timeline = one.timeline.slice(0, 1);
  return { ...one, title_zh: '联系人导出', title_en: 'Contact export', classes: covered('price', 'phone'), state: 'held', version: 1, purpose: null, submitted_at: null, waiting_since: null, timeline };
}

function secondLevel(): Export {
  const yes = vote(WANG, 'approve', ago(1.5), '名单与活动范围一致。');
  return {
    ...base('second-1', LI),
    version: 3,
    title_zh: '订单明细导出',
    title_en: 'Order details export',
    classes: covered('price'),
    chain: [level('department', [yes]), level('data_protection')],
    waiting_since: ago(1.5),
    timeline: [
      entry(ago(5), 'held', LI),
      entry(ago(4.8), 'submitted', LI),
      { ...entry(ago(1.5), 'approved', WANG, yes.comment), level: 'department' },
    ],
  };
}

function ended(id: string, state: ApprovalState, requester: Person, hoursAgo: number): Export {
  const done = ['approved', 'redeemed', 'revoked'].includes(state);
  const votes = [vote(WANG, 'approve', ago(hoursAgo + 2))];
  const chain = done
    ? [level('department', votes), level('data_protection', [vote(ZHAO, 'approve', ago(hoursAgo + 1))])]
    : [level('department'), level('data_protection')];
  const one = { ...base(id, requester), state, chain, version: 5, created_at: ago(hoursAgo + 5) };
  if (state === 'approved') return { ...one, waiting_since: null, lapses_at: ago(-20), redeem_until: ago(-20) };
  return {
    ...one,
    waiting_since: null,
    lapses_at: null,
    decided_at: ago(hoursAgo),
    sample: { columns: [], rows: [], note_code: 'hold_destroyed' },
  };
}

function rejected(): Export {
  const no = vote(WANG, 'reject', ago(26), '身份证号与回访无关，请去掉该列后重新申请。');
  return {
    ...ended('rejected-1', 'rejected', LI, 26),
    chain: [level('department', [no]), level('data_protection')],
    timeline: [entry(ago(31), 'held', LI), entry(ago(30), 'submitted', LI), entry(ago(26), 'rejected', WANG, no.comment)],
  };
}

/** Everything that is in the store when a test begins. */
export function seed(): Export[] {
  return [
    base('first-1', LI),
    { ...base('first-2', SUN), title_zh: '价格表导出', title_en: 'Price list export', records: null, waiting_since: ago(30), created_at: ago(31), lapses_at: ago(-3), filters: [] },
    { ...base('own-manager', WANG), title_zh: '配方清单导出', title_en: 'Formula list export', waiting_since: ago(0.2), records: 1, classes: covered('price', 'phone') },
    secondLevel(),
    held(),
    ended('approved-1', 'approved', LI, 0.5),
    { ...ended('redeemed-1', 'redeemed', LI, 49), classes: covered('price', 'phone', 'person_name') },
    rejected(),
    ended('withdrawn-1', 'withdrawn', LI, 50),
    ended('revoked-1', 'revoked', LI, 74),
    { ...ended('lapsed-1', 'lapsed', LI, 75), classes: covered('price', 'phone', 'person_name', 'address') },
  ];
}
