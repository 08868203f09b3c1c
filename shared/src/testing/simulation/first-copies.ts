import { createHash } from 'node:crypto'
import { readHeader } from '../../kafka/cloudevents.ts'
import type { FetchedRecord } from '../../kafka/consume.ts'

const mostNamed = 20

/**
 * What always holds of the records on the event topics: the first copies of a saga's events stand on a topic in the order
 * of their commits, and any later copy of an event is that event.
 */
export class FirstCopies {
  readonly #rankOf: (record: FetchedRecord, event: string) => number
  readonly #digests = new Map<string, number>()
  readonly #ranks = new Map<string, number>()
  /** `<topic> <event id>` of those that came before one that was committed earlier. */
  readonly outOfOrder: string[] = []
  /** Of those of which a copy is not the event. */
  readonly differentCopies: string[] = []
  repeats = 0

  /** @param rankOf the place of an event in its saga, by the commits of its publisher: it rises, or stays the same where it is not known */
  constructor(rankOf: (record: FetchedRecord, event: string) => number) {
    this.#rankOf = rankOf
  }

  has(event: string): boolean {
    return this.#digests.has(event)
  }

  /** True for the first copy. */
  take(record: FetchedRecord): boolean {
    const event = eventOf(record)
    const digest = digestOf(record)
    const first = this.#digests.get(event)
    if (first !== undefined) {
      this.repeats++
      if (first !== digest) name(this.differentCopies, event)
      return false
    }
    this.#digests.set(event, digest)
    const saga = `${record.topic} ${String(record.key)}`
    const [rank, highest] = [this.#rankOf(record, event), this.#ranks.get(saga) ?? 0]
    if (rank < highest) name(this.outOfOrder, event)
    this.#ranks.set(saga, Math.max(rank, highest))
    return true
  }
}

export const eventOf = (record: FetchedRecord) => `${record.topic} ${readHeader(record, 'ce_id')}`

function name(list: string[], event: string): void {
  if (list.length < mostNamed) list.push(event)
}

/** Of the value and all headers: six bytes are enough to tell copies apart, and a million of them fit into memory. */
function digestOf({ value, headers }: FetchedRecord): number {
  const hash = createHash('sha256').update(value ?? '')
  for (const header of Object.keys(headers).sort()) hash.update(`\n${header}: ${String(headers[header])}`)
  return hash.digest().readUIntBE(0, 6)
}
