import type { Pool, PoolClient } from 'pg'
import { type Admin, adminContract, askAll, type Declarations, participantsOf, type Reach } from 'saga-kit/operating'
import { periodically } from 'saga-kit/parts'
import { tellChange } from '../changes.ts'
import { inTransaction } from './in-transaction.ts'
import type { JudgedBy, Settlement } from './judge.ts'
import { judgeSagas, type Seen } from './judge-sagas.ts'
import { lockSagas } from './load-sagas.ts'

export interface AskOptions {
  readonly pool: Pool
  readonly declarations: () => Declarations
  readonly reach: Omit<Reach, 'brokers' | 'topicPrefix'>
  readonly judgedBy: () => JudgedBy
  readonly onSeen: (client: PoolClient, sagas: readonly Seen[], isNew: ReadonlySet<string>) => Promise<void>
  readonly trouble: (error: unknown) => void
}

const everyMs = 500
/** As many as one question may name. */
const idsAtOnce = 100
const questionsAtOnce = 5
/** Who was taken and not answered, since this process ended or nobody answers, is asked for again after it. */
const leaseMs = 15_000
const timeoutMs = 5_000
/** An index holds it: a longer one would be refused, and with it all that were asked for together. */
const longestEnding = 200

/**
 * Asks whoever settles sagas how those stand whose events have changed. One participant of a choreography settles; which one,
 * its answers say.
 */
export class Endings {
  readonly #o: AskOptions
  /** What each has said of itself; who has not been asked is not in it. */
  readonly #settles = new Map<string, boolean>()
  #running: { stop(): Promise<void> } | undefined

  constructor(o: AskOptions) {
    this.#o = o
  }

  /** False once all who can be asked have said that they settle nothing. */
  get isAsked(): boolean {
    return this.#o.declarations().declared.length === 0 || this.#admins().length > 0
  }

  run(): void {
    this.#running = periodically(everyMs, async () => {
      try {
        while (await this.#askSome());
      } catch (error) {
        this.#o.trouble(error)
      }
    })
  }
  async stop(): Promise<void> {
    await this.#running?.stop()
  }

  /** True when there may be more to ask at once. */
  async #askSome(): Promise<boolean> {
    const admins = this.#admins()
    if (admins.length === 0 && this.isAsked) return false
    const { sagaIds, askedAt } = await take(this.#o.pool)
    if (sagaIds.length === 0) return false
    const questions = Array.from({ length: Math.ceil(sagaIds.length / idsAtOnce) }, (_, n) =>
      sagaIds.slice(n * idsAtOnce, (n + 1) * idsAtOnce),
    )
    const answers = await Promise.all(questions.map(ids => this.#ask(admins, ids, askedAt)))
    const settlements = new Map(answers.flatMap(answer => [...answer]))
    // If nobody settles anything, they are judged by their events.
    const answered = this.isAsked ? [...settlements.keys()].sort() : sagaIds
    if (answered.length > 0) await this.#keep(answered, settlements)
    return answered.length === idsAtOnce * questionsAtOnce
  }

  #admins(): Admin[] {
    const { admins } = participantsOf(this.#o.declarations(), this.#o.reach)
    return admins.filter(({ service }) => this.#settles.get(service) !== false)
  }

  async #ask(admins: readonly Admin[], sagaIds: readonly string[], askedAt: Date): Promise<Map<string, Settlement>> {
    const { answers } = await askAll(admins, admin =>
      admin.get('/admin/figures', { sagas: sagaIds.join(',') }, adminContract.figurePage, timeoutMs),
    )
    const settlements = new Map<string, Settlement>()
    for (const { service, answer } of answers) {
      if (!answer) continue
      this.#settles.set(service, answer.settles)
      if (!answer.settles) continue
      const said = new Map(answer.sagas.map(saga => [saga.sagaId, saga]))
      for (const sagaId of sagaIds) {
        // There may be several choreographies: who does not know a saga does not speak for who does.
        if (!said.has(sagaId) && settlements.has(sagaId)) continue
        const { ending = null, settledAt = null } = said.get(sagaId) ?? {}
        settlements.set(sagaId, {
          askedAt,
          ending: ending?.slice(0, longestEnding) ?? null,
          settledAt: settledAt === null ? null : new Date(settledAt),
        })
      }
    }
    return settlements
  }

  async #keep(sagaIds: readonly string[], settlements: ReadonlyMap<string, Settlement>): Promise<void> {
    const { pool, judgedBy, onSeen } = this.#o
    await inTransaction(pool, async client => {
      const standing = await lockSagas(client, sagaIds)
      // One that has expired meanwhile is not made anew.
      const there = sagaIds.filter(sagaId => standing.has(sagaId))
      const seen = await judgeSagas(client, { ...judgedBy(), sagaIds: there, standing, settlements })
      await onSeen(client, seen, new Set())
      const changed = seen.filter(({ sagaId, judgement }) => judgement.state !== standing.get(sagaId)?.state)
      if (changed.length > 0)
        await tellChange(client, { kind: 'sagas', sagaIds: changed.map(({ sagaId }) => sagaId), more: false })
    })
  }
}

/** Those that are due, for a while only ours. */
async function take(pool: Pool): Promise<{ sagaIds: string[]; askedAt: Date }> {
  const { rows } = await pool.query({
    name: 'take-to-ask',
    text: `with due as (select saga_id from sagas where ask_at <= now() order by ask_at limit $1 for update skip locked)
      update sagas s set ask_at = now() + $2 * interval '1 ms' from due where s.saga_id = due.saga_id returning s.saga_id, now() as asked_at`,
    values: [idsAtOnce * questionsAtOnce, leaseMs],
  })
  return { sagaIds: rows.map(row => row.saga_id).sort(), askedAt: rows[0]?.asked_at ?? new Date() }
}
