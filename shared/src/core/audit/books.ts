import type { Posting } from '../../audit.ts'

/** One book of a participant, over all accounts. */
export interface Book {
  readonly book: string
  readonly accounts: number
  /** Sums over all accounts. */
  readonly parts: Readonly<Record<string, number>>
  /** How many accounts do not come to zero. */
  readonly wrong: number
  /** The first of them, by account. */
  readonly violations: readonly { readonly account: string; readonly parts: Readonly<Record<string, number>> }[]
}

/** So many accounts of a book are named; beyond that only their number matters. */
const namedAccounts = 1_000

/** Exact: parts are safe integers each, but a sum of them need not be. */
type Sum = number | bigint
const plus = (sum: Sum, amount: number): Sum =>
  typeof sum === 'number' && Number.isSafeInteger(sum + amount) ? sum + amount : BigInt(sum) + BigInt(amount)

interface Sums {
  readonly accounts: Map<string, Sum>
  readonly parts: Map<string, Sum>
  wrong: number
  /** The parts of the accounts that are named, by account. */
  readonly named: Map<string, Record<string, number>>
}

/**
 * Adds postings up as they come. Of each account it keeps one number, since it runs in a service that has other things to
 * do; the parts of those that are wrong are told by a second reading of the same rows.
 */
export class Books {
  readonly #books = new Map<string, Sums>()

  /** Of all books together. */
  get accounts(): number {
    return [...this.#books.values()].reduce((sum, { accounts }) => sum + accounts.size, 0)
  }

  post({ book, account, part, amount }: Posting): void {
    let sums = this.#books.get(book)
    if (!sums) {
      sums = { accounts: new Map(), parts: new Map(), wrong: 0, named: new Map() }
      this.#books.set(book, sums)
    }
    sums.accounts.set(account, plus(sums.accounts.get(account) ?? 0, amount))
    sums.parts.set(part, plus(sums.parts.get(part) ?? 0, amount))
  }

  /** Once all is posted. @returns whether any account is wrong: then all rows must be read once more, for `postAgain` */
  nameWrong(): boolean {
    let any = false
    for (const sums of this.#books.values()) {
      let names: string[] = []
      for (const [account, sum] of sums.accounts) {
        // A bigint that is not zero is not the number either.
        if (Number(sum) === 0) continue
        sums.wrong++
        names.push(account)
        if (names.length === 2 * namedAccounts) names = names.sort().slice(0, namedAccounts)
      }
      for (const account of names.sort().slice(0, namedAccounts)) sums.named.set(account, {})
      any ||= sums.wrong > 0
    }
    return any
  }

  postAgain({ book, account, part, amount }: Posting): void {
    const parts = this.#books.get(book)?.named.get(account)
    if (parts) parts[part] = (parts[part] ?? 0) + amount
  }

  /** In the order of their names. */
  close(): Book[] {
    return [...this.#books].sort(byName).map(([book, { accounts, parts, wrong, named }]) => ({
      ...{ book, accounts: accounts.size, wrong },
      parts: sorted([...parts].map(([part, sum]) => [part, Number(sum)])),
      violations: [...named].map(([account, ofAccount]) => ({ account, parts: sorted(Object.entries(ofAccount)) })),
    }))
  }
}

/** Rows come in any order; a report should not. */
const sorted = (parts: [string, number][]) => Object.fromEntries(parts.sort(byName))
const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)
