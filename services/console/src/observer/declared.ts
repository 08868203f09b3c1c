import type { Pool } from 'pg'
import { type Declarations, type Declared, declaration } from 'saga-kit/operating'
import { periodically } from 'saga-kit/parts'

export interface DeclaredParticipants extends Declarations {
  /** Changes when anything of it does. */
  readonly version: string
}

const none: DeclaredParticipants = { declared: [], unread: [], version: '' }

/**
 * What the participants declare, as the observer's table has it: whichever instance took it from the topic, all know it soon.
 */
export class DeclaredNow {
  readonly #pool: Pool
  readonly #trouble: (error: unknown) => void
  readonly #answered: () => void
  #now = none
  #running: { stop(): Promise<void> } | undefined

  constructor(o: {
    readonly pool: Pool
    readonly trouble: (error: unknown) => void
    /** The database is there: nothing else asks it while no records come. */
    readonly answered: () => void
  }) {
    this.#pool = o.pool
    this.#trouble = o.trouble
    this.#answered = o.answered
  }
  get now(): DeclaredParticipants {
    return this.#now
  }
  get declared(): readonly Declared[] {
    return this.#now.declared
  }
  run(): void {
    this.#running = periodically(1_000, () => this.read().then(this.#answered, this.#trouble))
  }
  async read(): Promise<void> {
    const found = await this.#pool.query(
      `select md5(string_agg(service || seen_at, ',' order by service)) as version from declarations`,
    )
    const version: string = found.rows[0].version ?? ''
    if (version === this.#now.version) return
    const { rows } = await this.#pool.query('select service, declaration, fault from declarations order by service')
    const parsed = rows.map(row => ({
      service: row.service as string,
      why: row.fault,
      ...declaration.safeParse(row.declaration),
    }))
    this.#now = {
      version,
      declared: parsed.flatMap(({ data, service }) => (data ? [{ ...data, service }] : [])),
      unread: parsed.flatMap(({ success, service, why }) =>
        success ? [] : [{ service, why: why ?? 'declares nothing' }],
      ),
    }
  }
  async stop(): Promise<void> {
    await this.#running?.stop()
  }
}
