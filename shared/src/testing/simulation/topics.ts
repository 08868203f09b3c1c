import type { FetchedRecord } from '../../kafka/consume.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'

/** A topic and one of its partitions. */
export type Place = `${string}/${number}`
export const placeOf = (topic: string, partition: number): Place => `${topic}/${partition}`

/** All topics: what was published stays, in the order in which it came. */
export class Topics {
  readonly #records = new Map<Place, FetchedRecord[]>()
  readonly #appended: (record: FetchedRecord) => void

  /** @param appended somebody may be waiting for it */
  constructor(appended: (record: FetchedRecord) => void) {
    this.#appended = appended
  }

  end(place: Place): number {
    return this.#records.get(place)?.length ?? 0
  }
  read(place: Place, from: number, count: number): FetchedRecord[] {
    return this.#records.get(place)?.slice(from, from + count) ?? []
  }
  places(): Place[] {
    return [...this.#records.keys()].sort()
  }

  append({ topic, partition, key, headers, body }: StoredRow, timestampMs: number): void {
    this.#push({
      topic,
      partition,
      offset: 0n,
      key,
      value: body,
      headers: headers as FetchedRecord['headers'],
      timestampMs,
    })
  }
  /** The same record once more, behind all others: as a process that was stopped may publish it, late. */
  repeat(record: FetchedRecord, timestampMs: number): void {
    this.#push({ ...record, timestampMs })
  }

  #push(record: FetchedRecord): void {
    const place = placeOf(record.topic, record.partition)
    const records = this.#records.get(place) ?? []
    this.#records.set(place, records)
    const placed = { ...record, offset: BigInt(records.length) }
    records.push(placed)
    this.#appended(placed)
  }
}
