import { violationText } from '../../core/audit/violation.ts'
import type { Decided, Decision } from '../../core/decision.ts'
import { textHeader } from '../../core/headers.ts'
import { readHeader } from '../../kafka/cloudevents.ts'
import type { FetchedRecord } from '../../kafka/consume.ts'
import { deadLetterTopic } from '../../kafka/topic-specs.ts'
import type { Participant } from '../../participant.ts'
import type { StoredRow } from '../../postgres/save-outbox.ts'
import { type Audited, wrongBooks } from './audited.ts'
import { eventOf, FirstCopies } from './first-copies.ts'

/** Looks at all that is committed and published while it happens. */
export class Watch {
  /** In the order of their commits, from 1. */
  readonly #committed = new Map<string, number>()
  readonly #letterTopics: ReadonlySet<string>
  readonly #copies = new FirstCopies((_, event) => this.#committed.get(event) ?? 0)
  readonly #letters = new Set<string>()
  readonly #deaths: string[] = []
  /** By service, saga and topic: the last event that took effect. */
  readonly #effects = new Map<string, number>()
  readonly #found = new Set<string>()

  constructor(participants: readonly Participant<any, any>[]) {
    this.#letterTopics = new Set(participants.map(({ service }) => deadLetterTopic(service)))
  }

  committed(service: string, decision: Decision, rows: readonly StoredRow[]): void {
    for (const row of rows) {
      if (this.#letterTopics.has(row.topic)) continue
      const event = `${row.topic} ${textHeader(row.headers, 'ce_id')}`
      if (this.#committed.has(event)) this.violated(`${event} was committed twice`)
      this.#committed.set(event, this.#committed.size + 1)
    }
    const { maxAttempts } = decision.rules.retry
    for (const decided of decision.decided) this.#decided(service, decided, maxAttempts)
    // Rule 19: an act is for the death that the operator looked at.
    for (const { act, result } of decision.acted) {
      const marker = rows.find(
        ({ headers }) => headers['dlq-status'] === 'replayed' && headers['dlq-id'] === act.letter.id,
      )
      if (result === 'done' && marker && Number(marker.headers['dlq-deaths']) !== act.letter.deaths)
        this.violated(`${service}: a replay of death ${act.letter.deaths} of ${act.letter.id} was done to another`)
    }
  }

  #decided(service: string, { delivery, outcome, attempts = 0 }: Decided, maxAttempts: number): void {
    const { id, sagaId, envelope, reaction } = delivery
    if (outcome === 'dead') this.#deaths.push(`${service}.dlq ${sagaId} ${id}`)
    // Rule 17.
    if (outcome === 'failed' && attempts >= maxAttempts)
      this.violated(`${service}: ${id} has failed ${attempts} times, and lives`)
    // Rule 16: a saga's events of one topic take effect in the order in which they came.
    if (reaction.trigger.kind !== 'event' || !['succeeded', 'rejected', 'refused'].includes(outcome)) return
    const topic = textHeader(envelope.headers, 'kafka_dlt-original-topic')
    const came = this.#committed.get(`${topic} ${id}`) ?? 0
    const place = `${service} ${sagaId} ${topic}`
    const last = this.#effects.get(place) ?? 0
    if (came < last) this.violated(`${service}: ${id} took effect behind what came after it`)
    this.#effects.set(place, Math.max(came, last))
  }

  published(record: FetchedRecord): void {
    if (this.#letterTopics.has(record.topic)) {
      if (readHeader(record, 'dlq-status') === 'dead')
        this.#letters.add(`${record.topic} ${String(record.key)} ${readHeader(record, 'dlq-id')}`)
      return
    }
    this.#copies.take(record)
    if (!this.#committed.has(eventOf(record))) this.violated(`${eventOf(record)} was published, but never committed`)
  }

  /** Books hold at every instant, not only at rest: called again and again. */
  look(all: readonly Audited[]): void {
    for (const each of all) for (const wrong of wrongBooks(each)) this.violated(violationText(wrong))
  }

  /** The first hundred are enough. */
  violated(text: string): void {
    if (this.#found.size < 100) this.#found.add(text)
  }

  /** At rest: what was committed has been published too. */
  violations(): string[] {
    const lost = [...this.#committed.keys()].filter(event => !this.#copies.has(event))
    const untold = this.#deaths.filter(death => !this.#letters.has(death))
    return [
      ...this.#found,
      ...lost.map(event => `${event} was committed, but never published`),
      ...untold.map(death => `there is no letter of a message that died: ${death}`),
      ...this.#copies.outOfOrder.map(event => `${event} was first published behind an event that was committed later`),
      ...this.#copies.differentCopies.map(event => `a copy of ${event} is not the event`),
    ]
  }
  get events(): number {
    return this.#committed.size
  }
  get letters(): number {
    return this.#deaths.length
  }
  get repeats(): number {
    return this.#copies.repeats
  }
}
