import pg from 'pg'
import type { Goods } from '../ground/goods.ts'
import { priceMinor } from './steps.ts'

const tables = {
  order: `
    create table orders (
      order_id uuid primary key, customer_id text not null, currency text not null, total_minor bigint not null,
      sku text not null, quantity integer not null, status text not null, settled boolean not null,
      created_at timestamptz not null);
    create table prices (sku text primary key, unit_price_minor bigint not null)`,
  inventory: `
    create table stock (
      sku text primary key, received bigint not null, on_hand bigint not null check (on_hand >= 0),
      reserved bigint not null check (reserved >= 0), sold bigint not null);
    create table reservations (order_id uuid primary key, sku text not null, quantity integer not null, status text not null)`,
  balance: `
    create table accounts (
      customer_id text primary key, deposited_minor bigint not null,
      balance_minor bigint not null check (balance_minor >= 0), deducted_minor bigint not null);
    create table debits (order_id uuid primary key, customer_id text not null, amount_minor bigint not null)`,
}
export type Part = keyof typeof tables
export const parts = Object.keys(tables) as Part[]

/** The business tables of these parts, stocked with the goods of the shop. */
export async function createTables(url: string, of: readonly Part[], { skus, customers }: Goods): Promise<void> {
  const seeds = {
    order: { text: `insert into prices select unnest($1::text[]), ${priceMinor}`, names: skus },
    inventory: { text: 'insert into stock select unnest($1::text[]), 1000000000, 1000000000, 0, 0', names: skus },
    balance: { text: 'insert into accounts select unnest($1::text[]), 1e12, 1e12, 0', names: customers },
  }
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const part of of) {
      await client.query(tables[part])
      await client.query(seeds[part].text, [seeds[part].names])
    }
    await client.query('analyze')
    // Tables that were empty when a statement was prepared would be scanned by its plan until they are analysed.
    await client.query(
      `do $$ begin execute format('alter database %I set enable_seqscan = off', current_database()); end $$`,
    )
  } finally {
    await client.end()
  }
}

/** What must hold at rest: as many pieces and cents as there were, and each order that is settled paid for and sold once. */
const expectations: Record<Part, { readonly what: string; readonly violated: string }[]> = {
  order: [{ what: 'orders are not settled', violated: 'select count(*) from orders where not settled' }],
  inventory: [
    {
      what: 'skus have lost or won pieces',
      violated: 'select count(*) from stock where received <> on_hand + reserved + sold',
    },
    {
      what: 'reservations are not committed',
      violated: `select count(*) from reservations where status <> 'committed'`,
    },
    {
      what: 'skus have sold other than was reserved',
      violated: `select count(*) from stock left join (select sku, sum(quantity) as quantity from reservations group by sku) r
                 using (sku) where sold <> coalesce(quantity, 0)`,
    },
  ],
  balance: [
    {
      what: 'accounts have lost or won money',
      violated: 'select count(*) from accounts where deposited_minor <> balance_minor + deducted_minor',
    },
    {
      what: 'accounts have paid other than their debits',
      violated: `select count(*) from accounts left join (select customer_id, sum(amount_minor) as amount from debits group by 1) d
                 using (customer_id) where deducted_minor <> coalesce(amount, 0)`,
    },
  ],
}
const counted = { order: 'orders', inventory: 'reservations', balance: 'debits' }

/** @param pools of each part; the same one for all where there is one database */
export async function violationsOf(pools: Readonly<Record<Part, pg.Pool>>): Promise<string[]> {
  const violations: string[] = []
  const countOf = async (part: Part, text: string) => {
    const { rows } = await pools[part].query<{ count: string }>(text)
    return Number(rows[0]!.count)
  }
  for (const part of parts)
    for (const { what, violated } of expectations[part]) {
      const count = await countOf(part, violated)
      if (count > 0) violations.push(`${count} ${what}`)
    }
  const rows = await Promise.all(parts.map(part => countOf(part, `select count(*) from ${counted[part]}`)))
  if (new Set(rows).size > 1) violations.push(`orders, reservations and debits are ${rows.join(', ')}`)
  return violations
}
