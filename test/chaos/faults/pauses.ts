import { setTimeout as sleep } from 'node:timers/promises'
import type { Part } from '../../../infra/stack.ts'
import { publishWindowMs } from '../plan.ts'
import { type Battle, comes, type Inflict, type Seen } from './battle.ts'
import { membersIn } from './groups.ts'

const countOutbox = 'select count(*) from saga.outbox where created_at <= coalesce($1, clock_timestamp())'

/** Longer than PUBLISH_WINDOW: what it had committed and not published, or published and not deleted, is now the sweeper's. */
export const pauseService: Inflict = async ({ ground, openSagas }, { instance, service, lastsMs }) => {
  const { process } = ground.instances[instance]
  const open = await openSagas()
  const pool = ground.pools[service]
  const outbox = async (upTo?: Date): Promise<number> => (await pool.query(countOutbox, [upTo])).rows[0].count
  // In the moment in which something is on its way: for most of the time nothing is.
  await comes(async () => (await outbox()) > 0, 5_000, 10)
  process.pause()
  try {
    // Whatever is older than the pause, and still there when the other instance's would long be gone.
    const pausedAt = pool.query('select clock_timestamp() as now').then(({ rows }) => rows[0].now as Date)
    const left = Promise.all([pausedAt, sleep(publishWindowMs + 500)]).then(([upTo]) => outbox(upTo))
    const [rows] = await Promise.all([left.catch(() => 0), sleep(lastsMs)])
    return { hadEffect: rows > 0, saw: `stopped for ${lastsMs} ms with ${rows} rows in the outbox`, open }
  } finally {
    process.resume()
  }
}

/** Longer than its session: the group gives its partitions to the other instance, and it wakes up as a member no more. */
export const expireService: Inflict = async (battle, { instance, service, lastsMs }) => {
  const { process } = battle.ground.instances[instance]
  const open = await battle.openSagas()
  await comes(async () => (await membersIn(battle, service)) === 2, 10_000)
  const beganMs = performance.now()
  process.pause()
  try {
    const expired = await comes(async () => (await membersIn(battle, service)) === 1, lastsMs)
    await sleep(Math.max(0, beganMs + lastsMs - performance.now()))
    return {
      ...{ hadEffect: expired, open },
      saw: `stopped for ${lastsMs} ms, ${expired ? 'thrown out of the group' : 'still in the group'}`,
    }
  } finally {
    process.resume()
  }
}

export const pauseDatabase: Inflict = (battle, { lastsMs }) =>
  pausePart(battle, battle.ground.stack.database, lastsMs, () => battle.ground.pools.order.query('select 1'))

export const pauseBroker: Inflict = (battle, { lastsMs }) =>
  pausePart(battle, battle.ground.stack.broker, lastsMs, () => membersIn(battle, 'order'))

async function pausePart(
  { openSagas }: Battle,
  part: Pick<Part, 'pause' | 'resume'>,
  lastsMs: number,
  probe: () => Promise<unknown>,
): Promise<Seen> {
  const open = await openSagas()
  await part.pause()
  try {
    let answered = false
    void probe().then(
      () => {
        answered = true
      },
      () => undefined,
    )
    await sleep(lastsMs)
    return { hadEffect: !answered && open > 0, saw: `no answer for ${lastsMs} ms with ${open} sagas open`, open }
  } finally {
    await part.resume()
  }
}
