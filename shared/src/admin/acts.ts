import type { Pool } from 'pg'
import type { Act, Acted, LetterRef } from '../core/act.ts'
import type { Delivery, Envelope } from '../core/delivery.ts'
import { isSagaId, sagaBeganMs } from '../core/ids.ts'
import { requestOf } from '../core/letter.ts'
import { problem } from '../http/problems.ts'
import type { Codec } from '../kafka/codec.ts'
import type { Participant } from '../participant.ts'
import { readUnreadable } from '../postgres/read-unreadable.ts'
import type { Committed } from '../postgres/transaction.ts'
import type { Engine } from '../runtime/engine.ts'
import { Intake } from '../runtime/intake.ts'
import type { ActResult } from './contract.ts'
import { readLetter } from './read-letter.ts'

export interface ActsOptions {
  readonly participant: Participant
  readonly engine: () => Pick<Engine, 'process'>
  readonly codec: Codec
  readonly pool: Pool
  readonly horizonMs: number
}
/** Who acts, and as part of what. */
export interface By {
  readonly operator: string
  readonly plan: string | null
}
export type LetterOfTopic = LetterRef & { readonly envelope: Envelope }

/** What a request waits for a message to be taken. */
const patienceMs = 10_000

/** Operators' acts on their way to the engine (rules 19 to 21). Like a command, an act is turned away while the database is in trouble. */
export class Acts {
  readonly #o: ActsOptions
  readonly #reading: Parameters<typeof readLetter>[0]
  readonly #pending = new Map<Act, PromiseWithResolvers<Acted>>()

  constructor(options: ActsOptions) {
    const { participant, codec } = options
    this.#o = options
    // An operator replays what could not be read when its schema has come: it is asked for again, and not in a while.
    const asking = { ...codec, prepare: (values: Iterable<Buffer | null>) => codec.prepare(values, true) }
    this.#reading = { participant, intake: new Intake({ participant, codec: asking, ignored: () => {} }) }
  }

  /** Those with a saga in one transaction; records that nobody could read one by one, since each is read and taken first. */
  async replay(letters: readonly LetterRef[], by: By): Promise<ActResult[]> {
    const results = new Map<LetterRef, ActResult>()
    const acts: Act[] = []
    for (const letter of letters) {
      if (letter.sagaId === null) results.set(letter, await this.#replayUnreadable(letter, by))
      else if (isSagaId(letter.sagaId)) acts.push({ act: 'replay', letter, ...by })
      else results.set(letter, { ...letter, result: 'unknown', detail: `${letter.sagaId} is no saga id` })
    }
    const taken = await this.#take(acts)
    for (const [i, { letter }] of acts.entries()) results.set(letter, taken[i]!)
    return letters.map(letter => results.get(letter)!)
  }

  async discard(letter: LetterRef, o: By & { readonly reason: string; readonly force: boolean }): Promise<ActResult> {
    if (letter.sagaId !== null && !isSagaId(letter.sagaId))
      return { ...letter, result: 'unknown', detail: `${letter.sagaId} is no saga id` }
    const [result] = await this.#take([{ act: 'discard', letter, ...o }])
    return result!
  }

  /** Letters as they stand in the topic, for messages whose row is gone. */
  async restore(letters: readonly LetterOfTopic[], by: By): Promise<ActResult[]> {
    const now = (await this.#o.pool.query('select now() as now')).rows[0].now as Date
    const results: ActResult[] = []
    for (const { envelope, ...letter } of letters) results.push(await this.#restore(letter, envelope, now, by))
    return results
  }

  async #restore(letter: LetterRef, envelope: Envelope, now: Date, by: By): Promise<ActResult> {
    const { sagaId } = letter
    if (sagaId === null) {
      const { stands, wasReplayed } = await readUnreadable(this.#o.pool, letter.id)
      if (wasReplayed && !stands) return { ...letter, result: 'already', detail: 'it was replayed' }
    } else if (!isSagaId(sagaId)) return { ...letter, result: 'unreadable', detail: `${sagaId} is no saga id` }
    const found = await readLetter(this.#reading, { ...letter, envelope })
    if ('problem' in found) return { ...letter, result: 'unreadable', detail: found.problem }
    const request = requestOf(envelope.headers)
    if (request === undefined)
      return {
        ...{ ...letter, result: 'unreadable' },
        detail:
          'its call was begun and may have happened, and the letter does not hold what it asked: find out by hand',
      }
    const { read } = found
    if (sagaId === null && read) await this.#deliver(read)
    // Asked of the database before the transaction: a saga that is opened only to find that it is too old must not stay.
    const opens = sagaId !== null && sagaBeganMs(sagaId) >= now.getTime() - this.#o.horizonMs
    const [result] = await this.#take([{ act: 'restore', letter, read, opens, request, ...by }])
    return result!
  }

  /**
   * Rule 21. First the record is taken as if it came from its topic, which the fence makes harmless to repeat; then its
   * letter is closed. A crash between the two leaves an open letter, whose replay then is a duplicate.
   */
  async #replayUnreadable(letter: LetterRef, by: By): Promise<ActResult> {
    const { stands, wasReplayed } = await readUnreadable(this.#o.pool, letter.id)
    if (!stands)
      return wasReplayed
        ? { ...letter, result: 'already', detail: 'it was replayed' }
        : { ...letter, result: 'unknown', detail: null }
    if (stands.kind === 'tombstone') return { ...letter, result: 'already', detail: 'it was discarded' }
    const found = await readLetter(this.#reading, { ...letter, envelope: stands.envelope })
    if ('problem' in found) return { ...letter, result: 'unreadable', detail: found.problem }
    if (found.read) await this.#deliver(found.read)
    const [result] = await this.#take([{ act: 'replay', letter, read: found.read, ...by }])
    return result!
  }

  async #deliver(delivery: Delivery): Promise<void> {
    try {
      const patience = AbortSignal.timeout(patienceMs)
      await this.#o.engine().process([{ delivery, takenAtMs: performance.now() }], patience)
    } catch {
      throw unavailable()
    }
  }

  /** @throws Problem 503 when it was not taken, or nobody knows whether it was: a repeat tells. */
  async #take(acts: readonly Act[]): Promise<ActResult[]> {
    if (acts.length === 0) return []
    const ends = acts.map(act => {
      const end = Promise.withResolvers<Acted>()
      this.#pending.set(act, end)
      return end.promise
    })
    const settled = Promise.allSettled(ends)
    await this.#o
      .engine()
      .process(
        acts.map(act => ({ act })),
        new AbortController().signal,
      )
      .catch(() => {
        for (const act of acts) this.failed(act, 'unavailable')
      })
    return (await settled).map(end => {
      if (end.status === 'rejected') throw end.reason
      const { act, result, detail } = end.value
      return { id: act.letter.id, sagaId: act.letter.sagaId, deaths: act.letter.deaths, result, detail }
    })
  }

  /** Only what has certainly committed gets here. */
  committed({ decision }: Committed): void {
    for (const acted of decision.acted) {
      this.#pending.get(acted.act)?.resolve(acted)
      this.#pending.delete(acted.act)
    }
  }

  failed(act: Act, end: 'unavailable' | 'failed'): void {
    this.#pending
      .get(act)
      ?.reject(end === 'unavailable' ? unavailable() : problem('internal', 'the database refuses the act'))
    this.#pending.delete(act)
  }
}

const unavailable = () =>
  problem(
    'database-unavailable',
    'the database does not answer now, and whether the act was done is not known; ask again: a repeat changes nothing',
    {
      retryAfterSeconds: 1,
    },
  )
