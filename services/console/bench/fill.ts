import type { Client } from 'pg'

export interface Filling {
  readonly sagas: number
  /** Over how many days they began. */
  readonly days: number
}

/** Makes UUIDv7 ids that are evenly spread over the days, the same on each run. */
const sagaId = (n: string) =>
  `(lpad(to_hex((extract(epoch from now()) * 1000 - $2::float8 * 86400000 * (1 - ${n}::float8 / $1))::bigint), 12, '0')
    || '7' || lpad(to_hex(${n} & 4095), 3, '0') || '8' || substr(md5(${n}::text), 1, 15))::uuid`

/**
 * Sagas as a shop leaves them: 90 of 100 confirmed, 8 cancelled, 1 open and 1 blocked by a letter; ten thousand customers, of
 * whom one has a tenth of all orders; eight events each.
 */
export async function fill(client: Client, { sagas, days }: Filling, say: (line: string) => void): Promise<void> {
  const run = async (what: string, text: string, values: unknown[]) => {
    const began = performance.now()
    await client.query(text, values)
    say(`${what}: ${((performance.now() - began) / 1_000).toFixed(0)} s`)
  }
  const atOnce = 50_000
  await client.query(
    'create temporary table made (n integer primary key, saga_id uuid not null, at timestamptz not null)',
  )
  await run(
    'ids',
    `insert into made select n, ${sagaId('n')}, now() - (1 - n::float8 / $1) * $2 * interval '1 day' from generate_series(1, $1::integer) n`,
    [sagas, days],
  )
  for (let from = 0; from < sagas; from += atOnce)
    await run(`sagas and events from ${from}`, sagasAndEvents, [from, from + atOnce])
  await run('attributes', attributes, [])
  await run('letters', letters, [])
  await run('counts', counts, [])
  await run('vacuum', 'vacuum analyze', [])
}

const state = `case n % 100 when 0 then 'open' when 1 then 'blocked' else 'settled' end`
const ending = `case when n % 100 < 2 then null when n % 100 < 10 then 'CANCELLED' else 'CONFIRMED' end`
const customer = `case when n % 10 = 7 then 'a-big-one' else 'customer-' || (n::bigint * 7919 % 10000) end`

const sagasAndEvents = `
  with some_sagas as (select * from made where n > $1 and n <= $2),
  new_sagas as (
    insert into sagas (saga_id, state, ending, began_at, last_at, settled_at, last_event, last_step, error_code, attributes, events, awaited, steps, awaited_by)
    select saga_id, ${state}, ${ending}, at, at + interval '2 s', case when n % 100 >= 2 then at + interval '3 s' end,
      'NotificationSent', 'notify_confirmed', case when n % 100 = 1 then 'handler-threw' end,
      jsonb_build_object('customerId', ${customer}), 8,
      case when n % 100 < 2 then '[{"step": "deduct_balance"}]'::jsonb else '[]' end,
      case when n % 100 < 2 then '{deduct_balance}'::text[] else '{}' end, case when n % 100 = 0 then at + interval '5 min' end
    from some_sagas
  )
  insert into events (saga_id, id, source, service, type, topic, partition, "offset", at, seen_at, step, direction, causation_id, event, headers, body)
  select saga_id, saga_id || '/step_' || e || '/action', '/order', 'order', 'OrderPlaced', 'order.events.v1', n % 4, n * 8 + e,
    at + e * interval '200 ms', at + e * interval '300 ms', 'step_' || e, 'action', saga_id || '/step_' || (e - 1) || '/action',
    jsonb_build_object('orderId', saga_id, 'customerId', ${customer}, 'currency', 'EUR', 'totalMinor', 100,
      'lines', '[{"sku": "tea", "quantity": 1, "unitPriceMinor": 100}]'::jsonb),
    jsonb_build_object('ce_id', saga_id || '/step_' || e || '/action', 'ce_type', 'shop.order.OrderPlaced', 'ce_source', '/order',
      'ce_subject', saga_id, 'ce_correlationid', saga_id, 'ce_specversion', '1.0', 'ce_time', at,
      'traceparent', '00-' || md5(saga_id::text) || '-0123456789abcdef-01'),
    decode(repeat(md5(saga_id::text), 4), 'hex')
  from some_sagas cross join generate_series(1, 8) e`

const attributes = `insert into saga_attributes select 'customerId', ${customer}, saga_id from made`

const letters = `
  insert into letters (service, id, saga_id, status, deaths, step, direction, message_type, error_code, error_message, attempts, first_failed_at, died_at, partition, "offset", seen_at)
  select 'balance', saga_id || '/step_2/action', saga_id, 'open', 1, 'deduct_balance', 'action', 'StockReserved', 'handler-threw',
    repeat('the ledger is closed ', 10), 5, at, at + interval '1 min', n % 4, n, at from made where n % 100 = 1`

const counts = `
  insert into saga_counts select date_trunc('minute', began_at), state, coalesce(ending, ''), count(*) from sagas group by 1, 2, 3`
