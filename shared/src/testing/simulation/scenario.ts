import type { Row } from '../../core/views.ts'
import type { CommandResponse } from '../../http/commands.ts'
import type { CommandType } from '../../messages.ts'
import type { Participant } from '../../participant.ts'
import type { Constraint } from './database.ts'
import type { Random } from './random.ts'

/** What somebody asks of a service over HTTP. */
export interface Wish {
  readonly service: string
  readonly command: CommandType<any, any, any>
  readonly body: object
  /** After the answer to the wish before it, or after the customer came. */
  readonly afterMs?: number
}

/** The final answer to a wish: its yes or its no. Whatever else a service says (try again, busy) is asked again under the same key. */
export type Answer = Extract<CommandResponse, { status: 'accepted' | 'refused' }>

/** Somebody with wishes, one after the other; what comes next may depend on the answer. */
export type Customer = Generator<Wish, void, Answer>

export interface Told {
  /** Which customer, from 0. */
  readonly customer: number
  readonly wish: Wish
  readonly answer: Answer
}

/** How everything stands when nothing moves any more. */
export interface Rest {
  readonly told: readonly Told[]
  rows(service: string, table: string): readonly Row[]
}

/** What is simulated: participants as they are, who comes to them, and what must hold beyond the audit. */
export interface Scenario {
  readonly participants: readonly Participant<any, any>[]
  /** By service: settings of its own that are not at their defaults. */
  readonly settings?: Readonly<Record<string, object>>
  /** By service and table: what its database refuses beyond a key that is there (its CHECKs and unique indexes). */
  readonly constraints?: Readonly<Record<string, Readonly<Record<string, Constraint>>>>
  /** By step: the outside that an effect calls, as a function. It must give the same for the same key, as a real one should. */
  readonly targets?: Readonly<Record<string, (request: any, idempotencyKey: string) => unknown>>
  /** Done before anything goes wrong: prices, stock, accounts. */
  readonly before: readonly Wish[]
  /** Only the random and what it is given may decide: the same seed brings the same customers. */
  customer(o: { readonly random: Random; readonly nth: number; readonly newSagaId: () => string }): Customer
  /** What is wrong at rest, a line each. */
  check?(rest: Rest): readonly string[]
}
