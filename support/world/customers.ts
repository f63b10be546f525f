import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'

const PAUSE_MS = 1_500
const LONGEST_MS = 5_000

/** Someone buys three things, someone has a look, and something that was paid is sent. */
const PURCHASE = `
  with customer as (
    select id from shop.customers where id = 1 + floor(random() * (select max(id) from shop.customers))
  ), bought as (
    insert into shop.orders (customer_id, status, total, token, placed_at)
    select id, 'paid', round((random() * 200)::numeric, 2), gen_random_uuid(), now() from customer returning id
  ), lines as (
    insert into shop.order_lines
    select id, line, 'SKU-' || upper(substr(md5(random()::text), 1, 8)), 1 + line % 3, 9.90
    from bought, generate_series(1, 3) as line on conflict do nothing
  ), seen as (
    insert into shop.events (at, kind, payload)
    select now(), 'view', jsonb_build_object('session', md5(id::text), 'ms', floor(random() * 900)) from bought
  )
  update shop.orders set status = 'shipped'
  where (id, placed_at) in (select id, placed_at from shop.orders where status = 'paid' limit 1)`

/** Customers who buy in the shop until the signal fires; they come again when it was away. */
export async function letThemBuy(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // Nobody stays connected: whoever replaces the database is kept waiting by no customer.
    await buy(url).catch(() => undefined)
    await sleep(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

async function buy(url: string): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: LONGEST_MS,
    query_timeout: LONGEST_MS,
    application_name: 'shop',
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query(PURCHASE)
  } finally {
    await client.end().catch(() => undefined)
  }
}
