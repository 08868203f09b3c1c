import type { Call, Decided } from '../../core/decision.ts'
import { sagaBeganMs, timerId } from '../../core/ids.ts'
import type { Safeguards } from '../../core/safeguards.ts'
import type { Row } from '../../core/views.ts'
import type { Message } from '../../messages.ts'
import type { Participant } from '../../participant.ts'
import { Acknowledged } from '../../postgres/acknowledged.ts'
import type { Item } from '../../runtime/engine.ts'
import { deepFreeze } from '../deep-freeze.ts'
import { sagaIdOf } from '../play.ts'
import { SimulatedDatabase } from '../simulation/database.ts'
import { processItems } from '../simulation/engine.ts'
import { simulatedCodecs } from '../simulation/registry.ts'
import { simulatedRules } from '../simulation/simulated-rules.ts'
import { toTheEnd } from '../simulation/steps.ts'
import { answering, arriving, dueAgain, reactionTo } from './deliveries.ts'
import type { Step } from './story.ts'

export interface StageOptions {
  readonly participant: Participant<any, any>
  readonly settings: object
  readonly given: Readonly<Record<string, readonly Row[]>>
  /** All on unless told otherwise, by the tests of these checks. */
  readonly safeguards?: Partial<Safeguards>
}
/** A participant on a database in memory, with the kit's own engine. What it is given is frozen. */
export interface Stage {
  readonly database: SimulatedDatabase
  /** All that became of all messages so far. */
  readonly decided: readonly Decided[]
  /**
   * Delivers a message, makes its call and tries it again, until nothing can be done any more.
   * @param crashAt ends the process at this stop (0 is the first) and delivers the message again to another
   * @returns false when the message was through before it came to that stop
   */
  take(step: Step, crashAt?: number): boolean
}

/** The saga began a while ago: the same in each run, and within the horizon. */
const startMs = (sagaId: string) => sagaBeganMs(sagaId) + 3_600_000
const tries = { partitions: 4, retryMaxAttempts: 3, retryBaseDelayMs: 1, retryMaxDelayMs: 1 }

export async function createStage({ participant, settings, given, safeguards }: StageOptions): Promise<Stage> {
  const database = new SimulatedDatabase(participant)
  for (const [name, rows] of Object.entries(given)) {
    const table = database.tables.get(name)
    if (!table) throw new Error(`given ${name}: ${participant.service} has no such state table`)
    for (const row of rows) table.rows.set(String(row[table.key]), deepFreeze(structuredClone(row)))
  }
  const codec = (await simulatedCodecs([participant])).get(participant.service)!
  const rules = simulatedRules(participant, codec, tries, deepFreeze(settings), safeguards)
  const decided: Decided[] = []
  let calls: Call[] = []
  let nowMs = 0
  let acknowledged = new Acknowledged()
  /** Messages by their ids, for their later tries. */
  const seen = new Map<string, Message>()

  const work = (item: Item) =>
    processItems(
      {
        store: { database, rules, acknowledged, turns: () => new Map(), nowMs: () => nowMs, random: () => 0.5 },
        committed({ decision }) {
          decided.push(...decision.decided)
          calls.push(...decision.calls)
        },
        commandFailed: (delivery, _end, error) => void decided.push({ delivery, outcome: 'failed', error }),
        actFailed: () => undefined,
      },
      [item],
    )
  /** True when the process ended at that stop. */
  const run = (item: Item, crashAt: number) => {
    const steps = work(item)
    if (crashAt === Number.POSITIVE_INFINITY) toTheEnd(steps)
    else
      for (let stop = 0; !steps.next().done; stop++)
        if (stop === crashAt) {
          steps.return()
          acknowledged = new Acknowledged()
          calls = []
          return true
        }
    for (const { rows } of database.tables.values()) for (const row of rows.values()) deepFreeze(row)
    return false
  }
  /** Makes the calls that were begun, and runs what is to be tried again, until nothing is left but timers and the dead. */
  const settle = (response: unknown) => {
    for (;;) {
      const call = calls.shift()
      const due = call ? undefined : database.due(Number.POSITIVE_INFINITY).find(({ kind }) => kind !== 'timer')
      if (call) {
        const { delivery, attempts, dueAtMs } = call
        run(answering(delivery, attempts, dueAtMs, response), Number.POSITIVE_INFINITY)
      } else if (due) {
        nowMs = Math.max(nowMs, due.dueAtMs!)
        run(dueAgain(participant, due, seen.get(due.id)), Number.POSITIVE_INFINITY)
      } else return
    }
  }
  /** The saga's timer of this type at its time; nothing when it is not set. */
  const firing = (message: Message) => {
    const sagaId = sagaIdOf(reactionTo(participant, message), message)
    const armed = database.sagas.get(sagaId)?.waiting.get(timerId(participant.service, sagaId, message.type))
    if (armed?.kind !== 'timer') return undefined
    nowMs = Math.max(nowMs, armed.dueAtMs!)
    return dueAgain(participant, { ...armed, sagaId }, message)
  }

  return {
    ...{ database, decided },
    take({ message, response }, crashAt = Number.POSITIVE_INFINITY) {
      const frozen = deepFreeze(structuredClone(message))
      const reaction = reactionTo(participant, message)
      nowMs = Math.max(nowMs, startMs(sagaIdOf(reaction, frozen)))
      // What the reaction's filter turns away never reaches the engine.
      if (reaction.when && !reaction.when(frozen)) return false
      const item = reaction.trigger.kind === 'timer' ? firing(frozen) : arriving(participant, reaction, frozen)
      if (!item) return false
      seen.set(item.delivery.id, frozen)
      const crashed = run(item, crashAt)
      if (crashed) run(item, Number.POSITIVE_INFINITY)
      settle(response)
      return crashed
    },
  }
}
