import { randomUUID } from 'node:crypto'
import type { Delivery } from '../core/delivery.ts'
import { isSagaId } from '../core/ids.ts'
import type { CommandRequest, CommandResponse, Unavailable } from '../http/commands.ts'
import type { UnavailableCode } from '../http/problems.ts'
import type { CommandType } from '../messages.ts'
import type { Participant } from '../participant.ts'
import { type IdempotencyKey, keyText } from '../postgres/stored-answers.ts'
import type { Committed } from '../postgres/transaction.ts'
import { Batcher } from './batcher.ts'
import type { Engine, Item } from './engine.ts'
import { responsesOf } from './responses.ts'

interface Pending {
  readonly request: CommandRequest
  readonly delivery: Delivery
  readonly key: IdempotencyKey | undefined
  readonly takenAtMs: number
  readonly respond: (response: CommandResponse) => void
}

const unavailable = (code: UnavailableCode, detail: string, retryAfterSeconds = 1): Unavailable => ({
  ...{ status: 'unavailable', code, detail, retryAfterSeconds },
})

/** When a transaction's worth waits, and the first of it for longer, more come than are taken: whoever comes now would wait as long. */
const longestWaitMs = 1_000

export interface CommandsOptions {
  readonly participant: Participant
  readonly engine: () => Engine
  readonly maxBatch: number
  readonly outboxFull: () => boolean
  /** Whether the sagas that it begins would have to wait too long for other services. */
  readonly othersAreBehind?: (command: CommandType<any, any, any>) => { readonly retryAfterSeconds: number } | undefined
}

/** HTTP commands on their way to the engine: those that arrive together share a transaction (rules 31 to 33). */
export class Commands {
  readonly #o: CommandsOptions
  readonly #batcher: Batcher<Pending>
  readonly #pending = new Map<Delivery, Pending>()
  #closing = false

  constructor(o: CommandsOptions) {
    this.#o = o
    this.#batcher = new Batcher(o.maxBatch, pending => this.#run(o.engine(), pending))
  }

  /** Why a request is turned away before anybody looks at it; undefined when it is not. */
  turnsAway(command: CommandType<any, any, any>): Unavailable | undefined {
    const { outboxFull, othersAreBehind } = this.#o
    if (this.#closing) return unavailable('shutting-down', 'another instance takes this request')
    if (outboxFull()) return unavailable('outbox-full', 'events are not leaving for Kafka; the outbox is full')
    if (this.#isFull) return unavailable('overloaded', 'more requests are waiting than this instance can take')
    const behind = othersAreBehind?.(command)
    return behind && unavailable('overloaded', 'more is under way than others keep up with', behind.retryAfterSeconds)
  }

  get #isFull(): boolean {
    const { maxBatch } = this.#o
    const { size, first } = this.#batcher
    // A few that wait long do so for something else: a lock, a database that has just come back.
    return size >= 10 * maxBatch || (size >= maxBatch && performance.now() - first!.takenAtMs > longestWaitMs)
  }

  async submit(request: CommandRequest): Promise<CommandResponse> {
    const turned = this.turnsAway(request.command)
    if (turned) return turned
    const delivery = commandDelivery(this.#o.participant, request)
    return new Promise(respond => {
      const { route, principal, idempotencyKey: key, bodyHash } = request
      const pending = {
        request,
        delivery,
        respond,
        takenAtMs: performance.now(),
        key: key === undefined ? undefined : { route, principal, key, bodyHash },
      }
      this.#pending.set(delivery, pending)
      this.#batcher.add(pending)
    })
  }

  /** Answers whose COMMIT was acknowledged. */
  committed(committed: Committed): void {
    for (const [delivery, response] of responsesOf(committed)) this.#respond(delivery, response)
  }

  failed(delivery: Delivery, end: 'unavailable' | 'failed'): void {
    if (end === 'failed') this.#respond(delivery, { status: 'failed', code: 'refused-by-database' })
    else
      this.#respond(delivery, {
        status: 'unavailable',
        code: 'database-unavailable',
        detail: 'the database does not take the request now',
        retryAfterSeconds: 1,
      })
  }

  /** Takes no more and waits for those at work. */
  async close(): Promise<void> {
    this.#closing = true
    await this.#batcher.idle()
  }

  async #run(engine: Engine, pending: Pending[]): Promise<void> {
    const { first, repeats } = withoutRepeats(pending)
    const items: Item[] = first.map(({ delivery, key, takenAtMs }) => ({ delivery, key, takenAtMs }))
    try {
      await engine.process(items, new AbortController().signal)
    } catch {
      for (const { delivery } of first) this.failed(delivery, 'unavailable')
    }
    for (const repeat of repeats) this.#batcher.add(repeat)
  }

  #respond(delivery: Delivery, response: CommandResponse): void {
    this.#pending.get(delivery)?.respond(response)
    this.#pending.delete(delivery)
  }
}

/** What the engine takes of a request. */
export function commandDelivery(
  participant: Participant,
  { command, body, route, principal, idempotencyKey, traceparent }: CommandRequest,
): Delivery {
  const reaction = participant.reactions.find(r => r.trigger === command)
  if (!reaction) throw new Error(`${participant.service} has a route for ${command.type}, but no reaction to it`)
  const sagaId = command.saga === 'none' ? '' : command.saga(body)
  if (command.saga !== 'none' && !isSagaId(sagaId))
    throw new Error(`${command.type}: ${sagaId} is no saga id; a saga id is a UUIDv7 in lower case`)
  return {
    id: `${participant.service}/${route}/${principal}/${idempotencyKey ?? randomUUID()}`,
    sagaId,
    reaction,
    message: { ...body, type: command.type, kind: 'command' },
    envelope: { key: null, headers: traceparent ? { traceparent } : {}, body: null },
    traceparent,
    origin: { source: 'command', opens: command.opens },
  }
}

/** The keys of one transaction are distinct (rule 32): a repeat inside the batch comes again behind it and finds the answer. */
function withoutRepeats(pending: readonly Pending[]): { first: Pending[]; repeats: Pending[] } {
  const seen = new Set<string>()
  const first: Pending[] = []
  const repeats: Pending[] = []
  for (const p of pending) {
    const text = p.key && keyText(p.key)
    if (text !== undefined && seen.has(text)) repeats.push(p)
    else first.push(p)
    if (text !== undefined) seen.add(text)
  }
  return { first, repeats }
}
