'use strict';
// The demo CRM's page: lists, details and a small change, all by its own JSON API.

const LISTS = {
  customers: { title: '客户', columns: { code: '编号', company: '公司', kind: '类型', region: '地区', 'contacts.0.name': '联系人', 'contacts.0.mobile': '手机', 'contacts.0.email': '邮箱', address: '地址', discount: '折扣' } },
  projects: { title: '项目', columns: { id: '编号', title: '项目', site_address: '工地地址', site_contact: '现场联系人', site_phone: '现场电话', area_m2: '面积', stage: '阶段' } },
  orders: { title: '订单', columns: { number: '订单号', ordered_on: '日期', receiver_name: '收货人', receiver_phone: '电话', delivery_address: '地址', amount: '金额' } },
  formulas: { title: '配方', columns: { code: '编号', product: '产品', colour: '颜色', formula: '配方', cost_price: '成本' } },
  prices: { title: '价目', columns: { product: '产品', name_zh: '名称', pack_litres: '规格', list_price: '标价', dealer_price: '经销价' } },
};
const KINDS = { dealer: '经销商', factory: '工厂', decorator: '装饰公司' };
const LINES = {
  projects: { title: '项目', columns: LISTS.projects.columns },
  orders: { title: '订单', columns: LISTS.orders.columns },
};
const LABELS = { code: '编号', active: '有效', ordered_on: '日期', number: '订单号', receiver_name: '收货人', receiver_phone: '电话', delivery_address: '收货地址', amount: '金额', site_address: '工地地址', site_contact: '现场联系人', site_phone: '现场电话', area_m2: '面积 m²', stage: '阶段', product: '产品', colour: '颜色', formula: '配方', cost_price: '成本价', name_zh: '名称', name_en: '英文名称', pack_litres: '规格 L', list_price: '标价', dealer_price: '经销价', max_discount: '最高折扣 %', name: '姓名', title: '职务', mobile: '手机', email: '邮箱', wechat: '微信', qq: 'QQ', id_card: '身份证', passport: '护照', birth_date: '出生日期', plate: '车牌', company: '公司', kind: '类型', region: '地区', owner: '负责人', credit_code: '信用代码', address: '地址', landline: '座机', discount: '折扣 %', credit_limit: '信用额度', bank_name: '开户行', bank_card: '银行卡号', notes: '备注', tags: '标签', since: '合作开始' };

const main = document.getElementById('main');
const nav = document.getElementById('lists');
const leave = document.getElementById('leave');

function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

async function api(path, options = {}) {
  const answer = await fetch(`/api/${path}`, { headers: { 'content-type': 'application/json', accept: 'application/json' }, ...options });
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401 && path !== 'session') { showSignIn(); throw new Error('401'); }
  if (!answer.ok) throw new Error(body.error || body.title || `HTTP ${answer.status}`);
  return body;
}

const at = (record, path) => path.split('.').reduce((value, key) => (value === null || value === undefined ? value : value[key]), record);

function text(value) {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map((v) => (typeof v === 'object' && v ? Object.values(v).join(' ') : v)).join('; ');
  if (value === true) return '是';
  if (value === false) return '否';
  return KINDS[value] || String(value);
}

function showSignIn(error = '') {
  nav.hidden = true;
  leave.hidden = true;
  document.getElementById('who').textContent = '';
  const send = async (event) => {
    event.preventDefault();
    const data = new FormData(event.target);
    try {
      await api('session', { method: 'POST', body: JSON.stringify({ account: data.get('account'), password: data.get('password') }) });
      start();
    } catch (e) { showSignIn(e.message); }
  };
  main.replaceChildren(element('section', {}, element('h1', {}, 'CRM 登录'), element('p', { class: 'error', role: 'alert' }, error),
    element('form', { class: 'sign-in', onsubmit: send },
      element('label', {}, '账号 ', element('input', { name: 'account', autocomplete: 'username', required: '' })),
      element('label', {}, '密码 ', element('input', { name: 'password', type: 'password', autocomplete: 'current-password', required: '' })),
      element('button', {}, '登录'))));
}

async function showList(name, query) {
  const { title, columns } = LISTS[name];
  const page = await api(`${name}?${query}`);
  const search = (event) => { event.preventDefault(); location.hash = `${name}?${new URLSearchParams(new FormData(event.target))}`; };
  const turn = (by) => { const next = new URLSearchParams(query); next.set('page', page.page + by); location.hash = `${name}?${next}`; };
  const list = table(columns, page.items, (record) => { location.hash = `${name}/${record.id}`; });
  for (const cell of list.tHead.rows[0].cells) cell.replaceChildren(element('a', { href: `#${name}?sort=${cell.dataset.path}` }, cell.textContent));
  main.replaceChildren(element('h1', {}, `${title} (${page.total})`),
    element('form', { class: 'bar', onsubmit: search }, element('input', { name: 'q', 'aria-label': '搜索', value: query.get('q') || '' }), element('button', {}, '搜索'),
      element('a', { class: 'button', href: `/api/${name}/export.csv?${query}` }, '导出 CSV'),
      element('button', { type: 'button', onclick: () => turn(-1), ...(page.page <= 1 && { disabled: '' }) }, '上一页'), `${page.page} / ${Math.max(1, Math.ceil(page.total / page.size))}`,
      element('button', { type: 'button', onclick: () => turn(1), ...(page.page * page.size >= page.total && { disabled: '' }) }, '下一页')),
    list);
}

/** What a record is known by, and what only the CRM itself needs. */
const UNSHOWN = ['id', 'version', 'customer_id', 'contacts', 'projects', 'orders', 'lines'];

function properties(record) {
  const shown = Object.entries(record).filter(([name, value]) => value !== null && text(value) !== '' && !UNSHOWN.includes(name));
  return element('dl', {}, ...shown.flatMap(([name, value]) => [element('dt', {}, LABELS[name] || name), element('dd', {}, text(value))]));
}

function table(columns, records, open = () => undefined) {
  const rows = records.map((record) => element('tr', { onclick: () => open(record) }, ...Object.keys(columns).map((path) => element('td', {}, text(at(record, path))))));
  const head = Object.entries(columns).map(([path, label]) => element('th', { scope: 'col', 'data-path': path }, label));
  return element('table', {}, element('thead', {}, element('tr', {}, ...head)), element('tbody', {}, ...rows));
}

async function showDetail(name, id) {
  const record = await api(`${name}/${id}`);
  const save = async (event) => {
    event.preventDefault();
    const discount = Number(new FormData(event.target).get('discount'));
    if (discount === record.discount) return;
    try {
      await api(`customers/${id}`, { method: 'PATCH', body: JSON.stringify({ discount, version: record.version }) });
      await showDetail(name, id);
      main.append(element('p', { role: 'status' }, '已保存'));
    } catch (e) { main.append(element('p', { class: 'error', role: 'alert' }, e.message)); }
  };
  const parts = [element('h1', {}, text(record.company || record.title || record.number || record.code || record.name_zh)), element('section', {}, properties(record))];
  for (const contact of record.contacts || []) parts.push(element('section', {}, element('h2', {}, text(contact.name)), properties(contact)));
  for (const [list, { title, columns }] of Object.entries(LINES)) {
    if (record[list] && record[list].length > 0) parts.push(element('section', {}, element('h2', {}, title), table(columns, record[list], (line) => { location.hash = `${list}/${line.id}`; })));
  }
  if (name === 'customers') parts.push(element('section', {}, element('form', { class: 'bar', onsubmit: save }, element('label', {}, '折扣 % ', element('input', { name: 'discount', type: 'number', step: '0.5', value: record.discount })), element('button', {}, '保存'))));
  main.replaceChildren(...parts);
}

async function route() {
  const [place, query = ''] = decodeURIComponent(location.hash.slice(1) || 'customers').split('?');
  const [name, id] = place.split('/');
  for (const link of nav.children) link.toggleAttribute('aria-current', link.hash === `#${name}`);
  try {
    if (id) await showDetail(name, id); else await showList(name, new URLSearchParams(query));
  } catch (e) { if (e.message !== '401') main.replaceChildren(element('p', { class: 'error', role: 'alert' }, e.message)); }
}

async function start() {
  try {
    const who = await api('session');
    document.getElementById('who').textContent = who.display;
    nav.replaceChildren(...Object.entries(LISTS).map(([name, { title }]) => element('a', { href: `#${name}` }, title)));
    nav.hidden = false;
    leave.hidden = false;
    route();
  } catch { showSignIn(); }
}

leave.addEventListener('click', async () => { await api('session', { method: 'DELETE' }).catch(() => undefined); showSignIn(); });
addEventListener('hashchange', route);
start();
