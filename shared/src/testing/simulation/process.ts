import type { Delivery } from '../../core/delivery.ts'
import type { CommandRequest, CommandResponse } from '../../http/commands.ts'
import { Acknowledged, placeText } from '../../postgres/acknowledged.ts'
import type { Committed } from '../../postgres/transaction.ts'
import { commandDelivery } from '../../runtime/commands.ts'
import type { Item } from '../../runtime/engine.ts'
import { responsesOf } from '../../runtime/responses.ts'
import { makeCalls } from './calls.ts'
import { type DueRow, TakingDue } from './due.ts'
import { processItems, type SimulatedEngineOptions } from './engine.ts'
import { Fetching } from './fetching.ts'
import type { Member } from './group.ts'
import { publishOwn, sweep } from './publishing.ts'
import type { SimulatedService } from './service.ts'
import type { Steps } from './steps.ts'
import { Work } from './work.ts'
import { delayMs } from './world.ts'

/** One process of a service: it can stop, and it can end at any step of what it does. */
export class Process implements Member {
  readonly service: SimulatedService
  readonly name: string
  readonly acknowledged: Acknowledged
  assigned: readonly number[] = []
  /** Rows that its sweeper has handed over and that have not ended. */
  readonly sweeping = new Set<string>()
  readonly #engine: SimulatedEngineOptions
  readonly #work = new Work(this)
  readonly #fetching = new Fetching(this)
  readonly #due = new TakingDue(this)
  readonly #respond = new Map<Delivery, (response: CommandResponse) => void>()
  #state: 'running' | 'stopped' | 'ended' = 'running'
  #stopped: (() => void)[] = []
  #flushes = false

  constructor(service: SimulatedService, name: string) {
    const { database, rules, world } = service
    this.service = service
    this.name = name
    this.acknowledged = new Acknowledged()
    this.#engine = {
      store: {
        ...{ database, rules, acknowledged: this.acknowledged, turns: () => new Map() },
        ...{ nowMs: () => world.clock.nowMs, random: () => world.random.next() },
        saved: (decision, outbox) => service.saved(decision, outbox),
        refuses: decision => service.refusals.look(decision),
      },
      committed: committed => this.#committed(committed),
      commandFailed: (delivery, end) => this.#answer(delivery, end === 'failed' ? failed : unavailable),
      actFailed: () => undefined,
    }
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }
  get positions() {
    return this.#fetching.positions
  }

  /** False when it had ended before. */
  end(): boolean {
    if (this.#state === 'ended') return false
    this.#state = 'ended'
    this.#stopped = []
    this.#work.end()
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
    for (const run of this.#stopped.splice(0)) this.run(run)
  }
  loseTransactions(): void {
    this.#work.loseTransactions()
  }

  /** Not while it is stopped, and never when it has ended. */
  run(what: () => void): void {
    if (this.#state === 'running') what()
    else if (this.#state === 'stopped') this.#stopped.push(what)
  }
  after(ms: number, what: () => void): void {
    this.service.world.clock.after(ms, () => this.run(what))
  }

  work(items: readonly Item[], done?: () => void): void {
    this.#work.begin(this.#untilDone(items, done))
  }
  *#untilDone(items: readonly Item[], done?: () => void): Steps<void> {
    yield* processItems(this.#engine, items)
    done?.()
  }

  wake(): void {
    this.#fetching.wake()
  }
  takeDue(rows: readonly DueRow[]): void {
    this.#due.take(rows)
  }
  sweep(): void {
    this.run(() => sweep(this))
  }

  /** Rule 26: what the broker has, the outbox need not show. */
  flush(): void {
    if (this.#flushes) return
    this.#flushes = true
    const { service, acknowledged } = this
    this.after(service.world.random.int(10, 200), () => {
      const rows = acknowledged.take()
      this.after(delayMs(service.world), () => {
        if (service.world.clock.nowMs < service.databaseAwayUntilMs) acknowledged.forget()
        else {
          for (const row of rows) service.database.outbox.delete(placeText(row))
          acknowledged.deleted(rows)
        }
        this.#flushes = false
        if (acknowledged.size > 0) this.flush()
      })
    })
  }

  /** `respond` may never be called: then nobody knows what became of the request. */
  request(request: CommandRequest, respond: (response: CommandResponse) => void): void {
    const { route, principal, idempotencyKey: key, bodyHash } = request
    const delivery = commandDelivery(this.service.participant, request)
    this.#respond.set(delivery, respond)
    this.run(() => this.work([{ delivery, key: { route, principal, key: key!, bodyHash }, takenAtMs: 0 }]))
  }
  #answer(delivery: Delivery, response: CommandResponse): void {
    const respond = this.#respond.get(delivery)
    this.#respond.delete(delivery)
    if (respond) this.after(delayMs(this.service.world), () => respond(response))
  }

  #committed(committed: Committed): void {
    const { tell } = this.service.world
    const { decision } = committed
    if (tell)
      for (const { delivery, outcome, code } of decision.decided)
        tell(this.name, `${textOf(delivery)}: ${outcome}${code ? ` (${code})` : ''}`)
    for (const [delivery, response] of responsesOf(committed)) this.#answer(delivery, response)
    publishOwn(this, committed)
    makeCalls(this, decision.calls)
  }
}

const failed: CommandResponse = { status: 'failed', code: 'refused-by-database' }
const unavailable: CommandResponse = {
  ...{ status: 'unavailable', code: 'database-unavailable', detail: '', retryAfterSeconds: 1 },
}

function textOf({ id, sagaId, reaction: { step, direction, trigger } }: Delivery): string {
  const verb = direction === 'compensation' ? `undo ${step}` : step
  const because = id.startsWith(sagaId) && sagaId !== '' ? id.slice(sagaId.length + 1) : trigger.type
  return `${sagaId || '-'} ${verb} on ${trigger.type} (${because})`
}
