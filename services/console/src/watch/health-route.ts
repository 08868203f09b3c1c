import type { Pool } from 'pg'
import { type adminContract, askAll, type Participants } from 'saga-kit/operating'
import type { z } from 'zod'
import { type Health, health } from '../contract.ts'
import { flowOf } from '../flow.ts'
import { get, type Route } from '../http/route.ts'
import { type KeptAudit, nextAuditAt, readAudit } from './audit-runner.ts'
import { readBroken } from './read-broken.ts'
import { readObserver } from './read-observer.ts'
import { recent } from './recent.ts'

/** People wait for it. */
const answerWithinMs = 3_000
/** Pages ask again and again; participants are asked no more often than this. */
const askEveryMs = 2_000

export function healthRoute(o: {
  readonly pool: Pool
  readonly participants: () => Participants
  /** Records that each participant has not taken. */
  readonly lags: () => Promise<ReadonlyMap<string, number | null>>
  /** Of the observer: records that it has not taken, and how old the last is that it has. */
  readonly behind: () => Pick<Health['observer'], 'lag' | 'behindMs'>
  /** Undefined: never. */
  readonly auditEveryMs: number | undefined
  readonly conflicts: () => Readonly<Health['conflicts']>
}): Route {
  const standing = recent(askEveryMs, () => participantsNow(o.participants(), o.lags))
  return get({
    ...{ path: '/api/health', answer: health },
    async read() {
      const [participants, observer, invariants, audit] = await Promise.all([
        standing(),
        readObserver(o.pool),
        readBroken(o.pool),
        readAudit(o.pool),
      ])
      return {
        participants,
        observer: { ...observer, ...o.behind() },
        conflicts: [...o.conflicts()],
        invariants,
        audit: auditView(audit, o.auditEveryMs),
      }
    },
  })
}

const auditView = (kept: KeptAudit | null, everyMs: number | undefined): Health['audit'] => ({
  nextAt: everyMs === undefined ? null : nextAuditAt(kept, everyMs).toISOString(),
  silent: kept?.silent ?? [],
  last: kept?.last ? { ...kept.last, at: kept.last.at.toISOString() } : null,
})

type Standing = Health['participants'][number]
const unknown = {
  ...{ paused: [], retrying: 0, parked: 0, calling: 0, dead: 0, timers: 0, outbox: 0 },
  ...{ outboxOldestMs: null, timerLagMs: null },
}

async function participantsNow(
  { admins, silent, declared }: Participants,
  lags: () => Promise<ReadonlyMap<string, number | null>>,
): Promise<Standing[]> {
  const [asked, lag] = await Promise.all([
    askAll(admins, admin => admin.status(answerWithinMs)),
    // Without Kafka the rest is worth knowing all the same.
    lags().catch(() => new Map<string, number | null>()),
  ])
  const answered = asked.answers.map(({ answer }) => ({ ...standingOf(answer), silent: null }))
  const others = [...silent, ...asked.silent].map(({ service, why }) => ({ ...unknown, service, silent: why }))
  const { services } = flowOf(declared)
  return [...answered, ...others]
    .map(each => ({ ...each, lag: lag.get(each.service) ?? null }))
    .sort((a, b) => services(a.service, b.service))
}

function standingOf(status: z.infer<typeof adminContract.status>) {
  const { service, paused, retrying, parked, calling, dead, timers, outbox, outboxOldestMs, timerLagMs } = status
  return { service, paused, retrying, parked, calling, dead, timers, outbox, outboxOldestMs, timerLagMs }
}
