import { StartError } from './errors.ts'
import type { RowOf, States } from './states.ts'

/**
 * What a participant says of one saga, to be compared with what the others say. Its first word is the family: of a
 * settled saga all participants that declare a family must agree on each figure of it.
 */
export interface Figure<F extends string = string> {
  readonly family: F
  /** What is counted: a currency, a sku. Empty when the family says all. */
  readonly of: string
  readonly amount: number
}

/** `figure('deducted', 'EUR', 1_200)`. Several of the same name in one saga add up. @throws RangeError for an amount that is no safe integer */
export function figure<const F extends string>(family: F, of: string, amount: number): Figure<F> {
  return { family, of, amount: exact(`figure ${family} ${of}`, amount) }
}

/** Says that of this family there is nothing: in an open saga, for one that settles, something else than saying nothing. */
export function none<const F extends string>(family: F): Figure<F> {
  return { family, of: '', amount: 0 }
}

/** What the participant that settles a saga says of it. */
export interface Settlement<F extends string = string> {
  /** How it ended, or stands: a row of the report. */
  readonly ending: string
  /**
   * Since when nothing is owed for it any more, by nobody. It must be another moment each time that the saga settles,
   * and null as soon as anybody may do something for it again: by that an audit knows that it has not moved meanwhile.
   */
  readonly settledAt: Date | null
  /** Settled: all that should be. Open: families of which it is sure already, and no others. */
  readonly figures: readonly Figure<F>[]
}

/** One line in the books of a participant. */
export interface Posting {
  readonly book: string
  readonly account: string
  /** Who posts it; parts are shown apart when an account does not come to zero. */
  readonly part: string
  readonly amount: number
}

/**
 * Per book and account, the amounts of all rows of all tables must come to zero at every instant.
 * @throws RangeError for an amount that is no safe integer
 */
export function posting(book: string, account: string, part: string, amount: number): Posting {
  return { book, account, part, amount: exact(`posting ${book} ${account} ${part}`, amount) }
}

function exact(what: string, amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${what}: ${amount} is no safe integer`)
  return amount
}

/** A participant's contributions to the audit, as pure functions of its own rows. */
export interface Audit<S extends States = States> {
  readonly states: S
  readonly families: readonly string[]
  readonly settles: Readonly<Record<string, (row: any) => Settlement>>
  readonly says: Readonly<Record<string, (row: any) => readonly Figure[]>>
  readonly books: Readonly<Record<string, (row: any) => readonly Posting[]>>
}

type OfRows<S extends States, T> = { readonly [N in keyof S]?: (row: Readonly<RowOf<S[N]>>) => T }

/**
 * Defines what a participant contributes to the audit. Tables in `settles` and `says` are keyed by the saga id.
 * Of a saga that no row speaks of, the participant says 0 to each of its families.
 */
export function auditOf<const S extends States, const F extends string = never>(
  states: S,
  o: {
    /** The families of figures that it speaks of: one lower-case word each, shared with other participants. */
    readonly figures?: readonly F[]
    /** For the participant that knows how a saga ended. */
    readonly settles?: OfRows<S, Settlement<NoInfer<F>>>
    /** For all others: what their evidence says was really done. */
    readonly says?: OfRows<S, readonly Figure<NoInfer<F>>[]>
    readonly books?: OfRows<S, readonly Posting[]>
  },
): Audit<S> {
  const { figures = [], settles = {}, says = {}, books = {} } = o
  return { states, families: figures, settles, says, books } as Audit<S>
}

/** What the types cannot see. @throws StartError */
export function checkAudit(service: string, { states, families, settles, says, books }: Audit): void {
  const wrong = (code: string, message: string): never => {
    throw new StartError(code, `participant ${service}: ${message}`)
  }
  for (const table of [settles, says, books].flatMap(Object.keys))
    if (!(table in states)) wrong('audit-table', `its audit speaks of ${table}, which is not among its states`)
  for (const family of families)
    if (!/^[a-z][a-z-]*$/.test(family))
      wrong('audit-family', `a family of figures is one lower-case word, like \`deducted\`; "${family}" is not`)
  if (Object.keys(settles).length > 1)
    wrong(
      'audit-settles',
      `its audit settles sagas by ${Object.keys(settles).join(' and ')}; one table says how a saga ended`,
    )
  if (families.length > 0 && Object.keys({ ...settles, ...says }).length === 0)
    wrong('audit-silent', `its audit declares ${families.join(', ')}, but no table says anything of them`)
}
