import type { PostgresServer } from '../postgres.ts'
import { loadShop } from '../shop.ts'

/** Who may read the invoices for backups. */
export const INVOICES_LOGIN = 'invoices_backup'

/** Makes the databases of the sample world; scale 1 makes a shop of 1.1 GB, and the others to match. */
export async function makeDatabases(server: PostgresServer, scale: number): Promise<void> {
  await loadShop(server, 'shop', scale)
  await server.query('shop', `revoke connect on database shop from public`)
  const times = (full: number, least: number) => Math.max(least, Math.round(full * scale))
  for (const [name, sql] of [
    ['people', people(times(20_000, 120))],
    ['articles', articles(times(60_000, 150))],
    ['measurements', measurements(times(4_000_000, 8_000))],
    ['invoices', invoices(times(200_000, 300))],
  ] as const) {
    await server.query('postgres', `create database ${name}`)
    await server.query(name, sql)
  }
}

/** Lets a login read the invoices, with this password; the one it had before opens nothing any more. */
export async function setInvoicesPassword(server: PostgresServer, password: string): Promise<void> {
  const [known] = await server.query('postgres', 'select from pg_roles where rolname = $1', [
    INVOICES_LOGIN,
  ])
  const verb = known === undefined ? 'create' : 'alter'
  await server.query('postgres', `${verb} role ${INVOICES_LOGIN} login password '${password}'`)
  await server.query('postgres', `grant pg_read_all_data to ${INVOICES_LOGIN}`)
}

/** What a day does to each database, the shop's apart; `day` counts from the first. */
export const passDay: Readonly<Record<string, (day: number) => string>> = {
  shop: shopDay,
  people: day => `
    insert into absences (employee_id, kind, first_day, days)
      select 1 + (n * 7 + ${day}) % (select count(*) from employees), 'holiday', current_date, 1 + n % 9
      from generate_series(1, 3) n;
    update employees set salary = salary * 1.01 where id % 40 = ${day} % 40`,
  articles: day => `
    insert into articles (author_id, title, body, published_at)
      select 1 + n % 12, 'News of day ${day}, part ' || n, prose(120, ${day} * 100 + n), now()
      from generate_series(1, 4) n;
    update articles set body = body || ' ' || prose(20, ${day}) where id % 50 = ${day} % 50`,
  measurements: day => `
    insert into readings (sensor_id, at, value)
      select 1 + n % 24, timestamptz '2026-01-01 00:00Z' + ${day} * interval '6 hours' + n * interval '20 s',
        18 + 6 * sin(n / 180.0) + n % 7 * 0.1
      from generate_series(1, 900) n`,
  invoices: day => `
    insert into invoices (customer, issued_on, due_on, total)
      select 'Customer ' || n % 90, current_date, current_date + 30, 20 + (n * 37 + ${day}) % 900
      from generate_series(1, 12) n;
    update invoices set paid_on = current_date where paid_on is null and id % 9 = ${day} % 9`,
}

/** Its changes of the schema are what a comparison of two backups shows best. */
function shopDay(day: number): string {
  const developers: Readonly<Record<number, string>> = {
    4: `create table shop.coupons (code text primary key, percent int not null, until date);
        insert into shop.coupons select 'WINTER-' || i, i % 50 from generate_series(1, 50) i;`,
    7: `alter table shop.coupons add column campaign text not null default 'winter';`,
    9: `create index orders_by_day on shop.orders (placed_at);`,
  }
  return `
    ${developers[day] ?? ''}
    insert into shop.orders (customer_id, status, total, token, placed_at)
      select 1 + (i * 31 + ${day}) % (select max(id) from shop.customers), 'placed', 10 + i % 180,
        md5(${day} || 'order' || i)::uuid, timestamptz '2026-01-01 08:00Z' + ${day} * interval '1 day'
      from generate_series(1, greatest(20, (select max(id) / 200 from shop.orders)::int)) i;
    update shop.orders set status = 'shipped'
      where id > (select max(id) * 0.99 from shop.orders) and status = 'paid';
    insert into shop.events (at, kind, payload, body)
      select timestamptz '2026-01-01 08:00Z' + ${day} * interval '1 day' + i * interval '1 s', 'view',
        jsonb_build_object('session', md5(${day} || 's' || i / 20), 'ms', i % 977), null
      from generate_series(1, greatest(50, (select max(id) / 200 from shop.events)::int)) i;`
}

const people = (employees: number): string => `
  create table departments (id int primary key, name text not null unique);
  insert into departments select n, (array['Sales', 'Warehouse', 'Support', 'Finance', 'Engineering',
    'Kitchen'])[n] from generate_series(1, 6) n;
  create table employees (id int primary key, department_id int not null references departments,
    name text not null, born date not null, salary numeric(10, 2) not null);
  insert into employees select n, 1 + n % 6,
    (array['Ada', 'Bram', 'Chi', 'Dora', 'Emil', 'Fatma', 'Giang', 'Hugo'])[1 + n % 8] || ' ' ||
    (array['Adler', 'Nguyễn', 'Costa', 'Dahl', 'Eriksen', 'Ferrari', 'Özdemir'])[1 + n / 8 % 7],
    date '1960-01-01' + n * 13 % 15000, 2400 + n * 97 % 4000 from generate_series(1, ${employees}) n;
  create table absences (id bigint generated always as identity primary key,
    employee_id int not null references employees, kind text not null, first_day date not null, days int);
  create view headcount as select d.name, count(*) from departments d join employees e
    on e.department_id = d.id group by 1`

const articles = (count: number): string => `
  create function prose(words int, seed int) returns text language sql immutable as $$
    select string_agg((array['the', 'harbour', 'opens', 'again', 'after', 'storm', 'mayor', 'says', 'new',
      'bridge', 'market', 'river', 'season', 'record', 'visitors', 'city', 'council', 'votes', 'against',
      'plan', 'train', 'line', 'north', 'school', 'museum'])[1 + (hashint4(seed * 131 + i) & 2147483647) % 25],
      ' ') from generate_series(1, words) i $$;
  create table authors (id int primary key, name text not null, about text);
  insert into authors select n, 'Author ' || n, prose(30, n) from generate_series(1, 12) n;
  create table articles (id bigint generated always as identity primary key,
    author_id int not null references authors, title text not null, body text not null,
    published_at timestamptz not null, search tsvector generated always as
      (to_tsvector('simple', title)) stored);
  insert into articles (author_id, title, body, published_at)
    select 1 + n % 12, initcap(prose(6, n)), prose(250, n), timestamptz '2025-06-01 00:00Z' + n * interval '3 h'
    from generate_series(1, ${count}) n;
  create index on articles using gin (search);
  create table comments (article_id bigint references articles, at timestamptz, who text, what text);
  insert into comments select id, published_at + interval '2 h', 'reader ' || id % 70, prose(15, id::int)
    from articles where id % 2 = 0`

const measurements = (readings: number): string => `
  create table sensors (id int primary key, place text not null, unit text not null);
  insert into sensors select n, 'Hall ' || n, case n % 2 when 0 then '°C' else '%' end
    from generate_series(1, 24) n;
  create table readings (sensor_id int not null references sensors, at timestamptz not null, value real not null);
  insert into readings select 1 + n % 24, timestamptz '2025-10-01 00:00Z' + n * interval '7 s',
    18 + 6 * sin(n / 180.0) from generate_series(1, ${readings}) n;
  create index on readings using brin (at)`

const invoices = (count: number): string => `
  create table invoices (id bigint generated always as identity primary key, customer text not null,
    issued_on date not null, due_on date not null, paid_on date, total numeric(12, 2) not null);
  insert into invoices (customer, issued_on, due_on, paid_on, total)
    select 'Customer ' || n % 90, date '2025-01-01' + n % 365, date '2025-01-31' + n % 365,
      case when n % 5 <> 0 then date '2025-01-20' + n % 365 end, 15 + n * 53 % 2400
    from generate_series(1, ${count}) n;
  create table reminders (invoice_id bigint references invoices, sent_on date, fee numeric(8, 2));
  insert into reminders select id, due_on + 10, 5 from invoices where paid_on is null`
