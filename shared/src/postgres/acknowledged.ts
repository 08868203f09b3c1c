import type { ClientBase } from 'pg'
import { arrayOf } from './recordset.ts'
import { type Bundle, bundlesOf, type CommittedRow, type StoredRow } from './save-outbox.ts'

/** A row of the outbox, by its place. */
export interface OutboxPlace {
  readonly seq: number
  readonly n: number
}
/** The place as a key, and as the id of the record that the row becomes. */
export const placeText = ({ seq, n }: OutboxPlace) => `${seq}/${n}`

/** A bundle that this process publishes, and what has become of each of its events, by its n. */
interface OwnBundle extends Bundle {
  readonly ends: Map<number, 'pending' | 'acknowledged' | 'left'>
  pending: number
}

/**
 * What this process knows of the outbox: the bundles that it publishes, until they are gone, and what the broker has
 * acknowledged to it and is not yet deleted (rule 26). That belongs to one deleting transaction at a time, and comes back
 * if that one rolls back. A bundle is deleted when all of its events are acknowledged; when some are left, these become
 * rows for the sweeper.
 */
export class Acknowledged {
  readonly #own = new Map<number, OwnBundle[]>()
  readonly #waiting = new Map<string, OutboxPlace>()
  readonly #beingDeleted = new Map<string, OutboxPlace>()
  readonly #givesBack: boolean

  /** `givesBack`: for tests of the safeguard only. */
  constructor(givesBack = true) {
    this.#givesBack = givesBack
  }

  /** After COMMIT is acknowledged, and before any of it is published. */
  committed(rows: readonly CommittedRow[]): void {
    const bundles = bundlesOf(rows).map((bundle): OwnBundle => {
      const ends = new Map(bundle.rows.map(({ n }) => [n, 'pending' as const]))
      return { ...bundle, ends, pending: ends.size }
    })
    const [first] = bundles
    if (first) this.#own.set(first.seq, bundles)
  }
  add(rows: readonly OutboxPlace[]): void {
    for (const row of rows) if (!this.#end(row, 'acknowledged')) this.#waiting.set(placeText(row), placeOf(row))
  }
  /** This process does not publish them any more. */
  left(rows: readonly OutboxPlace[]): void {
    for (const row of rows) this.#end(row, 'left')
  }
  #end(row: OutboxPlace, how: 'acknowledged' | 'left'): boolean {
    const bundle = this.#bundleOf(row)
    if (!bundle) return false
    if (bundle.ends.get(row.n) !== 'pending') return true
    bundle.ends.set(row.n, how)
    bundle.pending--
    if (bundle.pending === 0 && leftOf(bundle).length === 0) this.#waiting.set(placeText(bundle), placeOf(bundle))
    return true
  }
  #bundleOf({ seq, n }: OutboxPlace): OwnBundle | undefined {
    return this.#own.get(seq)?.find(({ ends }) => ends.has(n))
  }

  /** Transactions whose bundles it knows itself, all of them. */
  get ownTransactions(): number[] {
    return [...this.#own.keys()]
  }
  /** What it has committed of these sagas, and nobody has acknowledged. */
  standing(sagaIds: ReadonlySet<string>): StoredRow[] {
    const standing: StoredRow[] = []
    for (const bundles of this.#own.values())
      for (const { rows, ends } of bundles)
        for (const row of rows) if (sagaIds.has(row.sagaId) && ends.get(row.n) !== 'acknowledged') standing.push(row)
    return standing
  }
  /** True for a row whose acknowledgement this process has seen: it holds nothing up (rule 24). */
  has(row: OutboxPlace): boolean {
    const place = placeText(row)
    if (this.#waiting.has(place) || this.#beingDeleted.has(place)) return true
    return this.#bundleOf(row)?.ends.get(row.n) === 'acknowledged'
  }
  /** Of these rows, those that this process has not seen acknowledged. */
  unacknowledged<T extends OutboxPlace>(rows: readonly T[]): T[] {
    return rows.filter(row => !this.has(row))
  }

  get size(): number {
    return this.#waiting.size
  }
  /** Rows, and bundles, by the place of their first event. */
  take(): OutboxPlace[] {
    const rows = [...this.#waiting.values()]
    for (const row of rows) this.#beingDeleted.set(placeText(row), row)
    this.#waiting.clear()
    return rows
  }
  deleted(rows: readonly OutboxPlace[]): void {
    for (const row of rows) {
      this.#beingDeleted.delete(placeText(row))
      this.forget(row)
    }
  }
  giveBack(rows: readonly OutboxPlace[]): void {
    if (!this.#givesBack) return this.deleted(rows)
    for (const row of rows) {
      this.#beingDeleted.delete(placeText(row))
      this.#waiting.set(placeText(row), row)
    }
  }

  /** Bundles that have ended otherwise, with what is left of them. */
  get leftBundles(): Bundle[] {
    return [...this.#own.values()].flat().flatMap(bundle => {
      const rows = bundle.pending === 0 ? leftOf(bundle) : []
      return rows.length > 0 ? [{ ...placeOf(bundle), rows }] : []
    })
  }
  /** The bundle is gone, or somebody else's. */
  forget({ seq, n }: OutboxPlace): void {
    const others = this.#own.get(seq)?.filter(bundle => bundle.n !== n)
    if (others?.length === 0) this.#own.delete(seq)
    else if (others) this.#own.set(seq, others)
  }
}

const placeOf = ({ seq, n }: OutboxPlace): OutboxPlace => ({ seq, n })
const leftOf = ({ rows, ends }: OwnBundle) => rows.filter(({ n }) => ends.get(n) === 'left')

/** Sorted, and skipping what another transaction holds: deleting rows of others' sagas must not wait for them. */
export async function deleteAcknowledged(tx: ClientBase, rows: readonly OutboxPlace[]): Promise<void> {
  if (rows.length === 0) return
  const places = (table: string) =>
    `select seq, n from ${table} where (seq, n) in (select * from unnest($1::bigint[], $2::int[])) order by seq, n for update skip locked`
  await tx.query({
    name: 'delete-acknowledged',
    text: `with swept as materialized (${places('saga.outbox')}), bundles as materialized (${places('saga.outbox_bundles')}),
             deleted as (delete from saga.outbox o using swept where o.seq = swept.seq and o.n = swept.n)
           delete from saga.outbox_bundles b using bundles where b.seq = bundles.seq and b.n = bundles.n`,
    values: [
      arrayOf(
        'bigint',
        rows.map(r => r.seq),
      ),
      arrayOf(
        'int',
        rows.map(r => r.n),
      ),
    ],
  })
}
