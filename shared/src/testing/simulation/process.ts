import type { Act } from '../../core/act.ts'
import type { Delivery, Origin } from '../../core/delivery.ts'
import type { CommandRequest, CommandResponse } from '../../http/commands.ts'
import { Acknowledged } from '../../postgres/acknowledged.ts'
import type { Committed } from '../../postgres/transaction.ts'
import { commandDelivery } from '../../runtime/commands.ts'
import type { Item } from '../../runtime/engine.ts'
import { readDue } from '../../runtime/read-message.ts'
import { responsesOf } from '../../runtime/responses.ts'
import { makeCalls } from './calls.ts'
import type { StoredWaiting } from './database.ts'
import { processItems, type SimulatedEngineOptions } from './engine.ts'
import type { Member } from './group.ts'
import { publishOwn, sweep } from './publishing.ts'
import type { SimulatedService } from './service.ts'
import type { Steps } from './steps.ts'
import type { Place } from './topics.ts'
import { ConnectionLost } from './trouble.ts'
import { delayMs } from './world.ts'

const othersOverdueMs = 10_000
const mostOfAPlace = 4
const mostDue = 8

interface Running {
  readonly steps: Steps<void>
  inTransaction: boolean
  /** Counts its steps. */
  turn: number
}

/** One process of a service. It does several things at once, a step at a time; it can stop, and it can end at any step. */
export class Process implements Member {
  readonly service: SimulatedService
  readonly name: string
  readonly acknowledged: Acknowledged
  assigned: readonly number[] = []
  readonly positions = new Map<Place, number>()
  readonly #engine: SimulatedEngineOptions
  readonly #running = new Set<Running>()
  readonly #respond = new Map<Delivery, (response: CommandResponse) => void>()
  /** Rows that its sweeper has handed over and that have not ended. */
  readonly sweeping = new Set<string>()
  #state: 'running' | 'stopped' | 'ended' = 'running'
  #stopped: (() => void)[] = []
  #isFetching = false
  #takesDue = false
  #flushes = false

  constructor(service: SimulatedService, name: string) {
    const { database, rules, world } = service
    this.service = service
    this.name = name
    this.acknowledged = new Acknowledged(rules.safeguards.givenBack)
    this.#engine = {
      store: {
        ...{ database, rules, acknowledged: this.acknowledged, turns: () => new Map() },
        ...{ nowMs: () => world.clock.nowMs, random: () => world.random.next() },
        saved: (decision, outbox) => service.saved(decision, outbox),
        refuses: decision => service.refusals.look(decision),
      },
      committed: committed => this.#committed(committed),
      commandFailed: (delivery, end) =>
        this.#answer(
          delivery,
          end === 'failed'
            ? { status: 'failed', code: 'refused-by-database' }
            : { status: 'unavailable', code: 'database-unavailable', detail: '', retryAfterSeconds: 1 },
        ),
      actFailed: () => undefined,
    }
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  // ---- how it stops and ends

  /** False when it had ended before. */
  end(): boolean {
    if (this.#state === 'ended') return false
    this.#state = 'ended'
    this.#stopped = []
    for (const { steps } of this.#running) steps.return()
    this.#running.clear()
    this.service.world.tell?.(this.name, 'ends')
    return true
  }
  /** False when it was not running. */
  stop(): boolean {
    if (this.#state !== 'running') return false
    this.#state = 'stopped'
    this.service.world.tell?.(this.name, 'stops')
    return true
  }
  goOn(): void {
    if (this.#state !== 'stopped') return
    this.#state = 'running'
    this.service.world.tell?.(this.name, 'goes on')
    // One of them may be its end.
    for (const run of this.#stopped.splice(0)) this.#run(run)
  }
  /** The database has ended the sessions that said nothing inside their transactions. */
  loseTransactions(): void {
    for (const running of [...this.#running]) if (running.inTransaction) this.#step(running, new ConnectionLost())
  }

  /** Not while it is stopped, and never when it has ended. */
  after(ms: number, run: () => void): void {
    this.service.world.clock.after(ms, () => this.#run(run))
  }
  #run(run: () => void): void {
    if (this.#state === 'running') run()
    else if (this.#state === 'stopped') this.#stopped.push(run)
  }

  // ---- what it works on

  #process(items: readonly Item[], done: () => void = () => undefined): void {
    const running = { steps: this.#untilDone(items, done), inTransaction: false, turn: 0 }
    this.#running.add(running)
    this.#step(running)
  }
  *#untilDone(items: readonly Item[], done: () => void): Steps<void> {
    yield* processItems(this.#engine, items)
    done()
  }

  #step(running: Running, error?: ConnectionLost): void {
    if (!this.#running.has(running)) return
    const { world } = this.service
    const { value: stop, done } = error ? running.steps.throw(error) : running.steps.next()
    const turn = ++running.turn
    /** Unless its transaction was taken from it meanwhile: then it has gone on otherwise. */
    const goOnAfter = (ms: number, broken?: () => ConnectionLost | undefined) =>
      this.after(ms, () => turn === running.turn && this.#step(running, broken?.()))
    if (done) {
      this.#running.delete(running)
      return
    }
    running.inTransaction = stop.at !== 'paused' && stop.at !== 'committed'
    if (stop.at === 'paused') return goOnAfter(stop.ms)
    if (stop.at === 'blocked') return goOnAfter(world.random.int(1, 5))
    const { rates, random } = world
    const drawn = random.next()
    if (drawn < rates.crash) {
      world.tell?.(this.name, `its process is killed (${stop.at})`)
      return this.service.crash(this, { afterMs: random.int(10, 12_000) })
    }
    const isLost = drawn < rates.crash + rates.connectionLost
    goOnAfter(delayMs(world), () => {
      if (!isLost && world.clock.nowMs >= this.service.databaseAwayUntilMs) return undefined
      world.tell?.(this.name, `its connection to the database breaks (${stop.at})`)
      return new ConnectionLost()
    })
  }

  #committed(committed: Committed): void {
    const { world } = this.service
    const { decision } = committed
    if (world.tell)
      for (const { delivery, outcome, code } of decision.decided) this.#tellDecided(delivery, outcome, code)
    for (const [delivery, response] of responsesOf(committed)) this.#answer(delivery, response)
    publishOwn(this, committed)
    makeCalls(this, decision.calls)
  }

  #tellDecided({ id, sagaId, reaction: { step, direction, trigger } }: Delivery, outcome: string, code?: string): void {
    const verb = direction === 'compensation' ? `undo ${step}` : step
    const because = id.startsWith(sagaId) && sagaId !== '' ? id.slice(sagaId.length + 1) : trigger.type
    this.service.world.tell?.(
      this.name,
      `${sagaId || '-'} ${verb} on ${trigger.type} (${because}): ${outcome}${code ? ` (${code})` : ''}`,
    )
  }

  /** Rule 26: what the broker has, the outbox need not show. */
  flush(): void {
    if (this.#flushes) return
    this.#flushes = true
    this.after(this.service.world.random.int(10, 200), () => {
      this.#flushes = false
      const rows = this.acknowledged.take()
      for (const { seq, n } of rows) this.service.database.outbox.delete(`${seq}/${n}`)
      this.acknowledged.deleted(rows)
    })
  }

  sweep(): void {
    this.#run(() => sweep(this))
  }

  // ---- from the topics

  wake(): void {
    if (this.#isFetching) return
    this.#isFetching = true
    this.after(delayMs(this.service.world), () => this.#fetch())
  }

  #fetch(): void {
    const { world, intake, group } = this.service
    const { random, topics, clock } = world
    const behind = random
      .shuffled([...this.positions.keys()])
      .filter(place => topics.end(place) > this.positions.get(place)!)
    this.#isFetching = behind.length > 0
    // Not all places at once: what is left out comes later than what came later.
    const [first, ...others] = behind
    if (first === undefined) return
    const fetched = [first, ...others.filter(() => random.chance(0.5))].map(place => {
      const from = this.positions.get(place)!
      const records = topics.read(place, from, random.int(1, mostOfAPlace))
      this.positions.set(place, from + records.length)
      return { place, records, next: from + records.length }
    })
    const items = intake.readKnown(
      fetched.flatMap(({ records }) => records),
      clock.nowMs,
    )
    this.#process(items, () =>
      this.after(delayMs(world), () => {
        // Rule 8: only of partitions that are assigned now.
        for (const { place, next } of fetched) if (this.positions.has(place)) group.commit(this, place, next)
        this.#isFetching = false
        this.wake()
      }),
    )
  }

  // ---- what is due

  takeDue(rows: readonly (StoredWaiting & { readonly sagaId: string })[]): void {
    if (this.#takesDue || this.#state === 'ended') return
    const { clock } = this.service.world
    const mine = rows.filter(
      ({ sagaId, dueAtMs }) =>
        this.assigned.includes(this.service.rules.partitionOf(sagaId)) || dueAtMs! <= clock.nowMs - othersOverdueMs,
    )
    if (mine.length === 0) return
    this.#takesDue = true
    this.after(delayMs(this.service.world), () =>
      this.#process(
        mine.slice(0, mostDue).flatMap(row => this.#due(row)),
        () => {
          this.#takesDue = false
        },
      ),
    )
  }

  #due(row: StoredWaiting & { readonly sagaId: string }): Item[] {
    const { participant, codec } = this.service
    const reaction = participant.reactions.find(({ trigger }) => trigger.type === row.messageType)
    if (!reaction) return []
    const { id, sagaId, envelope, attempts, dueAtMs } = row
    const { message } = readDue(codec, reaction, row)
    const origin: Origin = { source: 'due', attempts, dueAtMs: dueAtMs! }
    return [{ delivery: { id, sagaId, envelope, reaction, message, origin }, takenAtMs: 0 }]
  }

  /** The end of an outside call. */
  callEnded(delivery: Delivery): void {
    this.#process([{ delivery, takenAtMs: 0 }])
  }

  // ---- requests

  /** `respond` may never be called: then nobody knows what became of the request. */
  request(request: CommandRequest, respond: (response: CommandResponse) => void): void {
    const { route, principal, idempotencyKey: key, bodyHash } = request
    const delivery = commandDelivery(this.service.participant, request)
    this.#respond.set(delivery, respond)
    this.#run(() => this.#process([{ delivery, key: { route, principal, key: key!, bodyHash }, takenAtMs: 0 }]))
  }
  order(act: Act): void {
    this.#run(() => this.#process([{ act }]))
  }
  #answer(delivery: Delivery, response: CommandResponse): void {
    const respond = this.#respond.get(delivery)
    this.#respond.delete(delivery)
    if (respond) this.after(delayMs(this.service.world), () => respond(response))
  }
}
