import { setTimeout as sleep } from 'node:timers/promises'
import type { Act } from '../core/act.ts'
import type { Delivery, Undeliverable } from '../core/delivery.ts'
import { textHeader } from '../core/headers.ts'
import { PermanentError } from '../errors.ts'
import type { IdempotencyKey } from '../postgres/stored-answers.ts'
import { type Batch, type Committed, type Store, transact } from '../postgres/transaction.ts'
import { type Trouble, troubleOf } from './trouble.ts'

/** What a source hands over: a message, a record that nobody can read, or what an operator orders. */
export type Item =
  | {
      readonly delivery: Delivery
      readonly key?: IdempotencyKey | undefined
      readonly takenAtMs: number
      /** The message cannot be read any more (its schema is gone): it fails without its handler. */
      readonly unreadable?: unknown
    }
  | { readonly undeliverable: Undeliverable }
  | { readonly act: Act }

export interface EngineOptions {
  readonly store: Store
  /** Publishes, calls, answers and reports what has committed. */
  readonly committed: (committed: Committed, items: readonly Item[]) => void
  /** A command that cannot be run now, or not at all; messages wait instead. */
  readonly commandFailed: (delivery: Delivery, end: 'unavailable' | 'failed', error: unknown) => void
  /** The same of an operator's act. */
  readonly actFailed: (act: Act, end: 'unavailable' | 'failed', error: unknown) => void
  readonly paused: (cause: string, isPaused: boolean, error?: unknown) => void
}

/** So often a batch may lose its connection while others can write, before it counts as the batch's own doing. */
const mostLostConnections = 3

const noRefusals: ReadonlyMap<Delivery, unknown> = new Map()

/** Turns batches into committed transactions, whatever the database does meanwhile. */
export class Engine {
  readonly #o: EngineOptions

  constructor(options: EngineOptions) {
    this.#o = options
  }

  /**
   * Resolves when every item has a committed outcome. While the infrastructure is in trouble it waits, and rejects only
   * when `signal` is aborted: then the items that have no outcome come again from where they came.
   */
  async process(items: readonly Item[], signal: AbortSignal): Promise<void> {
    for (const segment of segments(items)) await this.#segment(segment, signal)
  }

  async #segment(items: readonly Item[], signal: AbortSignal): Promise<void> {
    // Rule 5: what the batch's own puts brought up is decided in a transaction that begins after this one.
    for (let rest = items; rest.length > 0; ) {
      const left = await this.#untilCommitted(rest, signal, {})
      rest = left.length < rest.length ? left : await this.#withoutUnstable(left, signal)
    }
  }

  /** A round in which nothing was decided: the first message's keys, on the same rows, were others at each look. It would go round for ever. */
  async #withoutUnstable([first, ...behind]: readonly Item[], signal: AbortSignal): Promise<readonly Item[]> {
    const unstable = 'its `reads` name other keys each time they are asked; they may depend on message and states only'
    await this.#culprit([first!], new PermanentError('keys-not-stable', unstable), signal)
    return behind
  }

  /** Gives the items that wait for the next round. */
  async #untilCommitted(
    items: readonly Item[],
    signal: AbortSignal,
    before: { refusal?: string; duplicateKey?: boolean },
  ): Promise<readonly Item[]> {
    let lost = 0
    for (let waits = 0; ; waits++) {
      signal.throwIfAborted()
      try {
        const committed = await this.#transact(items, noRefusals)
        if (waits > 0) this.#o.paused('database', false)
        return this.#nextRound(items, committed)
      } catch (error) {
        const trouble = troubleOf(error, hasOwnSql(items))
        if (trouble.kind === 'again') continue
        // Rule 29, and its edge: a handler (or a batch) that blocks the process for longer than idle_in_transaction_session_timeout
        // loses its connection at every try, while the database is well.
        if (trouble.kind === 'infrastructure' && trouble.connectionLost) lost = (await this.#canWrite()) ? lost + 1 : 0
        if (lost >= mostLostConnections) return this.#refused(items, { kind: 'timeout' }, error, signal, before)
        if (
          trouble.kind === 'infrastructure' ||
          (trouble.kind === 'timeout' && items.length === 1 && !(await this.#canWrite()))
        ) {
          if (!this.#o.store.rules.safeguards.pause) return this.#culprit(items, error, signal)
          const left = this.#turnAwayRequests(items, error)
          if (left.length < items.length) return left
          await this.#pause(waits, error, signal)
          continue
        }
        return this.#refused(items, trouble, error, signal, before)
      }
    }
  }

  /** The database refused the batch. */
  async #refused(
    items: readonly Item[],
    trouble: Trouble,
    error: unknown,
    signal: AbortSignal,
    before: { refusal?: string; duplicateKey?: boolean },
  ): Promise<readonly Item[]> {
    const code = trouble.kind === 'refused' ? trouble.code : '57014'
    // Rule 4: somebody else created the row meanwhile; the second time it will be loaded.
    if (trouble.kind === 'refused' && !before.duplicateKey && code === '23505' && this.#isStateKey(trouble.constraint))
      return this.#untilCommitted(items, signal, { ...before, duplicateKey: true })
    if (items.length > 1) {
      if (!this.#o.store.rules.safeguards.halving) {
        for (const item of items) await this.#culprit([item], error, signal)
        return []
      }
      // Rule 7: parts run in arrival order, each decided afresh, so that the culprit's failed row is there before what is behind it.
      const half = items.length >> 1
      await this.#segment(items.slice(0, half), signal)
      await this.#segment(items.slice(half), signal)
      return []
    }
    // Rule 29: a refusal is the message's fault only if it repeats when the message stands alone.
    if (before.refusal !== code) return this.#untilCommitted(items, signal, { ...before, refusal: code })
    return this.#culprit(items, error, signal)
  }

  /** Writes the failed row of a message that the database refuses, without running its handler again. */
  async #culprit(items: readonly Item[], error: unknown, signal: AbortSignal): Promise<readonly Item[]> {
    const left = this.#turnAwayRequests(items, error, 'failed')
    const refused = new Map(left.flatMap(item => ('delivery' in item ? [[item.delivery, error] as const] : [])))
    for (let waits = 0; left.length > 0; waits++) {
      try {
        const committed = await this.#transact(left, refused)
        if (waits > 0) this.#o.paused('database', false)
        return this.#nextRound(left, committed)
      } catch (again) {
        const trouble = troubleOf(again)
        const buried = trouble.kind === 'refused' && waits > 0 ? left.map(item => unwritable(item, again)) : undefined
        // The database refuses even the failed row. A letter with the message's bytes can still be written; what came from
        // elsewhere than a topic has its row already: nothing is lost by waiting, and somebody must look.
        if (buried?.every(item => item !== undefined)) {
          await this.#transact(buried, noRefusals)
          return []
        }
        if (trouble.kind !== 'again') await this.#pause(waits, again, signal)
      }
    }
    return []
  }

  async #transact(items: readonly Item[], refused: ReadonlyMap<Delivery, unknown>): Promise<Committed> {
    const committed = await transact(this.#o.store, batchOf(items, refused))
    this.#o.committed(committed, items)
    return committed
  }

  #nextRound(items: readonly Item[], { decision }: Committed): readonly Item[] {
    if (decision.nextRound.length === 0) return []
    const postponed = new Set(decision.nextRound)
    return items.filter(item => 'delivery' in item && postponed.has(item.delivery))
  }

  /** A client waits for its answer and can ask again; a message stays where it is until it is done. */
  #turnAwayRequests(items: readonly Item[], error: unknown, end: 'unavailable' | 'failed' = 'unavailable'): Item[] {
    return items.filter(item => {
      if ('act' in item) this.#o.actFailed(item.act, end, error)
      else if ('delivery' in item && item.delivery.origin.source === 'command')
        this.#o.commandFailed(item.delivery, end, error)
      else return true
      return false
    })
  }

  async #pause(waits: number, error: unknown, signal: AbortSignal): Promise<void> {
    this.#o.paused('database', true, error)
    await sleep(Math.min(100 * 2 ** waits, 2_000), undefined, { signal })
  }

  #isStateKey(constraint: string | undefined): boolean {
    return constraint !== undefined && this.#o.store.tables.some(table => table.keyConstraints.has(constraint))
  }

  /** Whether the database commits a write at all: tells a slow message from a stuck disk (rule 29). */
  async #canWrite(): Promise<boolean> {
    try {
      await this.#o.store.pool.query(
        `insert into saga.idempotency_keys (route, principal, key, body_hash, status) values ('probe', '', '', '', 200)
         on conflict (route, principal, key) do update set created_at = now()`,
      )
      return true
    } catch {
      return false
    }
  }
}

/** A message with a sql handler has its transaction to itself; order is kept. */
function segments(items: readonly Item[]): Item[][] {
  const parts: Item[][] = []
  let open = false
  for (const item of items) {
    const alone = 'delivery' in item && item.delivery.reaction.handler.form === 'sql'
    if (open && !alone) parts.at(-1)!.push(item)
    else parts.push([item])
    open = !alone
  }
  return parts
}

const hasOwnSql = ([item, ...others]: readonly Item[]) =>
  others.length === 0 && item !== undefined && 'delivery' in item && item.delivery.reaction.handler.form === 'sql'

/** The message as a record that nobody can read: it holds up nobody, and its letter has its bytes (rule 21). */
export function unwritable(item: Item, error: unknown): Item | undefined {
  if (!('delivery' in item) || item.delivery.origin.source !== 'kafka') return undefined
  const { envelope } = item.delivery
  const part = (name: string) => textHeader(envelope.headers, `kafka_dlt-original-${name}`) ?? ''
  return {
    undeliverable: {
      id: `${part('topic')}/${part('partition')}/${part('offset')}`,
      partition: Number(part('partition')),
      envelope,
      code: 'row-refused',
      problem: `the database refuses to store it: ${error instanceof Error ? error.message : String(error)}`,
    },
  }
}

export function batchOf(items: readonly Item[], refused: ReadonlyMap<Delivery, unknown>): Batch {
  const keys = new Map<Delivery, IdempotencyKey>()
  const failed = new Map(refused)
  for (const item of items) {
    if (!('delivery' in item)) continue
    if (item.key) keys.set(item.delivery, item.key)
    if (item.unreadable !== undefined) failed.set(item.delivery, item.unreadable)
  }
  return {
    failed,
    deliveries: items.flatMap(item => ('delivery' in item ? [item.delivery] : [])),
    acts: items.flatMap(item => ('act' in item ? [item.act] : [])),
    undeliverables: items.flatMap(item => ('undeliverable' in item ? [item.undeliverable] : [])),
    keys,
  }
}
