/** Engines on a real database and without Kafka: what a source would hand over, a test hands over. */
import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { inject } from 'vitest'
import { createDatabase } from '../../../infra/local/databases.ts'
import type { Act, Acted } from '../core/act.ts'
import type { Call, Decided } from '../core/decision.ts'
import type { CallResult, Delivery, Hold, Turns, Undeliverable } from '../core/delivery.ts'
import type { Safeguards } from '../core/safeguards.ts'
import type { CommandResponse } from '../http/commands.ts'
import type { CommandType, Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import { Acknowledged } from '../postgres/acknowledged.ts'
import { createPool } from '../postgres/connect.ts'
import { findDue } from '../postgres/find-due.ts'
import { migrate } from '../postgres/migrate.ts'
import type { StoredRow } from '../postgres/save-outbox.ts'
import { describeStates } from '../postgres/state-tables.ts'
import type { Store } from '../postgres/transaction.ts'
import { Commands } from '../runtime/commands.ts'
import { Engine, type Item } from '../runtime/engine.ts'
import type { Horizon } from '../runtime/horizon.ts'
import { createRules } from '../runtime/rules.ts'
import { type Held, hold, untilBlocked } from './locks.fixture.ts'
import { ledger, ledgerTables } from './participant.fixture.ts'

export { delivered, newSagaId } from './delivered.fixture.ts'

export interface Instance {
  readonly engine: Engine
  readonly store: Store
  readonly decided: Decided[]
  /** Outside calls that would begin now. */
  readonly calls: Call[]
  /** SQLSTATE of each statement that the database refused. */
  readonly errors: string[]
  /** Rows that this instance would publish. */
  readonly published: StoredRow[]
  readonly acknowledged: Acknowledged
  readonly failed: { delivery: Delivery | Act; end: string }[]
  readonly pauses: { cause: string; isPaused: boolean }[]
  /** How many outside calls of a step can begin now. */
  readonly turns: Map<string, Turns>
  /** Hands events over, in one batch. */
  deliver(...deliveries: Delivery[]): Promise<Decided[]>
  /** What is due now, as it was read: without a lock. */
  due(): Promise<Delivery[]>
  /** Runs what is due now, once; gives how each ended. */
  runDue(): Promise<Decided[]>
  /** An outside call has ended. */
  callEnded(call: Call, result: CallResult): Promise<Decided[]>
  /** An outside call could not begin; with an error: by its message's own fault. */
  callUnbegun(call: Call, hold: Hold, o?: { error: unknown }): Promise<Decided[]>
  bury(...records: Undeliverable[]): Promise<void>
  /** What operators order, in one transaction; gives what became of it. */
  act(...acts: Act[]): Promise<Acted[]>
  /** What an HTTP request would become. The key defaults to one of its own. */
  command<C extends object>(
    type: CommandType<any, C, any>,
    body: C,
    o?: { key?: string; bodyHash?: string },
  ): Promise<CommandResponse>
}

export interface Database {
  readonly url: string
  readonly pool: pg.Pool
  query<T = any>(text: string, values?: unknown[]): Promise<T[]>
  /** An instance of the service; safeguards can be switched off for it. */
  instance(
    safeguards?: Partial<Safeguards>,
    o?: { poolSize?: number; maxAttempts?: number; horizon?: Horizon },
  ): Promise<Instance>
  /** Runs a statement in a transaction that stays open until `release`. */
  hold(sql: string, values?: unknown[]): Promise<Held>
  /** Resolves when so many connections of instances wait for a lock. */
  untilBlocked(connections: number): Promise<void>
  close(): Promise<void>
}

/** A fresh database with the kit's tables and the fixture's. */
export async function freshDatabase(
  o: { participant?: Participant<any, any>; tables?: string } = {},
): Promise<Database> {
  const { participant = ledger, tables = ledgerTables } = o
  const url = await createDatabase(inject('adminUrl'), `t${randomUUID().replaceAll('-', '').slice(0, 20)}`)
  const pool = createPool({ url, poolSize: 4, applicationName: 'test' })
  await migrate(url, undefined)
  await pool.query(tables)
  const pools: pg.Pool[] = [pool]
  return {
    url,
    pool,
    query: async (text, values) => (await pool.query(text, values)).rows,
    async instance(safeguards = {}, { poolSize = 4, maxAttempts = 5, horizon = halfAMonth } = {}) {
      const own = createPool({ url, poolSize, applicationName: 'instance', byKey: true })
      pools.push(own)
      return createInstance(own, participant, safeguards, maxAttempts, horizon)
    },
    hold: (sql, values) => hold(url, sql, values),
    untilBlocked: connections => untilBlocked(pool, connections),
    async close() {
      await Promise.all(pools.map(p => p.end()))
    },
  }
}

const halfAMonth: Horizon = { horizonMs: 15 * 86_400_000, longestTimerMs: 7 * 86_400_000 }

async function createInstance(
  pool: pg.Pool,
  participant: Participant<any, any>,
  safeguards: Partial<Safeguards>,
  retryMaxAttempts: number,
  horizon: Horizon,
): Promise<Instance> {
  const codec = { encode: (event: Message) => Buffer.from(JSON.stringify(event)) }
  const kit = {
    ...{ retryMaxAttempts, retryBaseDelayMs: 1, retryMaxDelayMs: 1 },
    ...{ topicPartitions: 4, topicPrefix: '', sagaImages: 'on' },
  }
  const rules = createRules({
    participant,
    own: {},
    codec: codec as never,
    kit: kit as never,
    horizon,
    maxMessageBytes: 100_000,
    safeguards,
  })
  const acknowledged = new Acknowledged()
  const decided: Decided[] = []
  const acted: Acted[] = []
  const published: StoredRow[] = []
  const calls: Call[] = []
  const failed: Instance['failed'] = []
  const pauses: Instance['pauses'] = []
  const turns = new Map<string, Turns>()
  const errors = recordErrors(pool)
  const store = {
    pool,
    tables: await describeStates(pool, participant.states),
    rules,
    acknowledged,
    turns: () => turns,
  }
  const engine: Engine = new Engine({
    store,
    committed: committed => {
      decided.push(...committed.decision.decided)
      acted.push(...committed.decision.acted)
      published.push(...committed.outbox.filter(row => !row.deferred))
      calls.push(...committed.decision.calls)
      commands.committed(committed)
    },
    commandFailed: (delivery, end) => {
      failed.push({ delivery, end })
      commands.failed(delivery, end)
    },
    actFailed: (act, end) => failed.push({ delivery: act, end }),
    paused: (cause, isPaused) => pauses.push({ cause, isPaused }),
  })
  const commands = new Commands({ participant, engine: () => engine, maxBatch: 100, outboxFull: () => false })
  const process = async (deliveries: Delivery[]): Promise<Decided[]> => {
    const before = decided.length
    await engine.process(
      deliveries.map((delivery): Item => ({ delivery, takenAtMs: performance.now() })),
      AbortSignal.timeout(30_000),
    )
    return decided.slice(before).filter(d => deliveries.includes(d.delivery))
  }
  const due = async (): Promise<Delivery[]> => {
    const rows = await findDue(pool, [0, 1, 2, 3], 1_000)
    return rows.map(({ id, sagaId, messageType, envelope, attempts, dueAtMs }) => ({
      ...{ id, sagaId, envelope, reaction: participant.reactions.find(r => r.trigger.type === messageType)! },
      message: { ...JSON.parse(envelope.body!.toString()), sagaId, type: messageType, kind: 'event' },
      origin: { source: 'due', attempts, dueAtMs: dueAtMs! },
    }))
  }
  return {
    ...{ engine, store, decided, published, acknowledged, failed, pauses, turns, calls, errors, due },
    deliver: (...deliveries) => process(deliveries),
    runDue: async () => process(await due()),
    callEnded: ({ delivery, attempts, dueAtMs }, result) =>
      process([{ ...delivery, origin: { source: 'result', attempts, dueAtMs, result } }]),
    callUnbegun: ({ delivery, attempts, dueAtMs, inDoubt }, hold, o) =>
      process([{ ...delivery, origin: { source: 'unbegun', attempts, dueAtMs, hold, inDoubt, ...o } }]),
    bury: (...records) =>
      engine.process(
        records.map(undeliverable => ({ undeliverable })),
        AbortSignal.timeout(30_000),
      ),
    act: async (...acts) => {
      const before = acted.length
      await engine.process(
        acts.map(act => ({ act })),
        AbortSignal.timeout(30_000),
      )
      return acted.slice(before).filter(({ act }) => acts.includes(act))
    },
    command: (command, body, { key = randomUUID(), bodyHash = JSON.stringify(body) } = {}) =>
      commands.submit({
        ...{ command, body, route: `POST /${command.type}`, principal: 'anonymous', idempotencyKey: key },
        ...{ bodyHash: Buffer.from(bodyHash), traceparent: undefined },
      }),
  }
}

/** The engine runs a transaction again without a word; a test wants to know why it had to. */
function recordErrors(pool: pg.Pool): string[] {
  const errors: string[] = []
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    client.query = ((...args: unknown[]) => {
      const result = query(...args)
      if (result instanceof Promise) result.catch(error => errors.push(String(error.code ?? error.message)))
      return result
    }) as typeof client.query
  })
  return errors
}
