import type { Pool } from 'pg'
import type { Kafka } from 'saga-kit/kafka'
import type { Declared, Participants } from 'saga-kit/operating'
import { type Log, periodically } from 'saga-kit/parts'
import { tellChange } from '../changes.ts'
import type { Route } from '../http/route.ts'
import type { RecordOptions } from '../observer/record-batch.ts'
import { keyOf } from '../observer/save-events.ts'
import type { Conflict } from '../observer/topic-roles.ts'
import { claimAudit, readAudit, runAudit } from './audit-runner.ts'
import { Behind } from './behind.ts'
import { checkSagas } from './check-sagas.ts'
import { choreographyRoute } from './choreography-route.ts'
import { undeclaredAmong } from './choreography-view.ts'
import { clearOverdue } from './clear-overdue.ts'
import { countSeen } from './count-seen.ts'
import { rememberDeclared } from './declared-before.ts'
import { healthRoute } from './health-route.ts'
import { knownNames } from './known-names.ts'
import { lookAtSagas } from './look-at-sagas.ts'
import { expireMinutes } from './minute.ts'
import { participantLag } from './participant-lag.ts'
import { countBroken } from './read-broken.ts'
import { readAnswering, readEdges, readPublished } from './read-edges.ts'
import { countLooksDue, countOverdue } from './read-overdue.ts'
import type { SeenEvent } from './seen-saga.ts'
import { unanswered } from './unanswered.ts'
import type { WatchMetrics } from './watch-metrics.ts'

export interface WatchOptions {
  readonly pool: Pool
  readonly kafka: Pick<Kafka, 'admin'>
  readonly topicPrefix: string
  readonly log: Log
  readonly metrics: WatchMetrics
  /** Those that are declared now, as they can be asked. */
  readonly participants: () => Participants
  /** Records that the observer has not taken yet. */
  readonly lag: () => number
  /** Topics that are declared by somebody whose they are not. */
  readonly conflicts: () => readonly Conflict[]
  readonly overdueAfterMs: number
  /** How long a saga is remembered at the least, from its beginning. */
  readonly keepMs: number
  /** Undefined: never. */
  readonly auditEveryMs: number | undefined
  readonly trouble: (error: unknown) => void
}
export interface Watch {
  /** Counts what is new, in the observer's transaction. */
  readonly onSeen: RecordOptions['onSeen']
  readonly routes: readonly Route[]
  run(): void
  stop(): Promise<void>
}

/** Undeclared edges of the last hour, and unanswered events of the last day. */
const [undeclaredMinutes, unansweredMinutes] = [60, 1_440]

/** After each the console may stop, whatever there is left to check. */
const mostRounds = 20

/** Looks after all sagas, and commands nothing. Each part has a pace of its own, and none holds up what observes. */
export function createWatch(o: WatchOptions): Watch {
  const { pool, metrics, participants, overdueAfterMs } = o
  const names = knownNames()
  const behind = new Behind()
  /** Declarations that stand, and those that stood before; none before they have been read. */
  let known: readonly Declared[] = []
  let parts: { stop(): Promise<void> }[] = []
  let auditing: { stop(): Promise<void> } | undefined
  let isStopping = false

  const every = (ms: number, task: () => Promise<unknown>) =>
    periodically(ms, async () => {
      await task().catch(error => {
        // An audit that was left to itself finds no database any more.
        if (!isStopping) o.trouble(error)
      })
    })
  const run = () => [
    every(1_000, async () => {
      // A few a second, however many there are.
      await lookAtSagas(pool, { participants: participants(), overdueAfterMs })
    }),
    every(1_000, async () => {
      // Without declarations everything would be undeclared.
      if (known.length > 0) for (let n = 0; n < mostRounds && (await checkSagas(pool, known, o.keepMs)) > 0; n++);
    }),
    every(5_000, async () => {
      metrics.overdue(await countOverdue(pool), await countLooksDue(pool))
      const broken = await countBroken(pool)
      if (broken) metrics.broken(broken)
      metrics.behind(behind.ms(o.lag()) ?? 0)
    }),
    every(5_000, async () => {
      const { declared } = participants()
      known = await rememberDeclared(pool, declared)
      await tellEdges(declared)
    }),
    every(600_000, () => expireMinutes(pool)),
  ]

  async function tellEdges(declared: readonly Declared[]): Promise<void> {
    if (declared.length === 0) return
    const edges = undeclaredAmong(await readEdges(pool, undeclaredMinutes), known)
    metrics.edges(
      'undeclared',
      edges.map(({ to, message, seen }) => ({ ...to, message, seen })),
    )
    const published = await readPublished(pool, unansweredMinutes, overdueAfterMs)
    const missing = unanswered(declared, published, await readAnswering(pool, unansweredMinutes))
    metrics.edges(
      'unseen',
      missing.map(({ published: seen, ...edge }) => ({ ...edge, seen })),
    )
  }

  async function auditWhenDue(everyMs: number): Promise<void> {
    const before = await readAudit(pool)
    if (before?.last) metrics.audited(before.last.violations, before.last.at)
    if (participants().declared.length === 0 || !(await claimAudit(pool, everyMs))) return
    const { last, silent } = await runAudit(pool, participants())
    if (last) metrics.audited(last.violations, last.at)
    await tellChange(pool, { kind: 'health' })
    if (silent.length > 0) o.log.warn({ silent }, 'no audit: it asks everybody, and not all answer; tried again soon')
    else o.log.info({ violations: last?.violations, sagas: last?.sagas }, 'audited')
  }

  return {
    async onSeen(client, seen, isNew) {
      const ofSaga = seen.map(({ sagaId, events }) => ({
        ...{ sagaId, events, fresh: events.filter(({ id, source }) => isNew.has(keyOf({ sagaId, id, source }))) },
      }))
      const fresh: ReadonlySet<SeenEvent> = new Set(ofSaga.flatMap(each => each.fresh))
      await countSeen(
        client,
        { sagas: new Map(ofSaga.map(({ sagaId, events }) => [sagaId, events])), isNew: event => fresh.has(event) },
        names,
      )
      await clearOverdue(client, seen)
      behind.took([...fresh])
    },
    routes: [
      choreographyRoute({ pool, declared: () => participants().declared, earlier: () => known }),
      healthRoute({
        ...{ pool, participants, auditEveryMs: o.auditEveryMs },
        lags: () => participantLag(o.kafka, o.topicPrefix, participants().declared),
        conflicts: o.conflicts,
        behind: () => ({ lag: o.lag(), behindMs: behind.ms(o.lag()) }),
      }),
    ],
    run() {
      parts = run()
      const { auditEveryMs } = o
      if (auditEveryMs !== undefined) auditing = every(10_000, () => auditWhenDue(auditEveryMs))
    },
    async stop() {
      isStopping = true
      // It reads only, and may take minutes: nobody waits for it.
      void auditing?.stop()
      await Promise.all(parts.map(part => part.stop()))
    },
  }
}
