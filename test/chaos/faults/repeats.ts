import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import { createKafka } from '../../../shared/src/kafka/client.ts'
import { participants } from '../../e2e/participants.ts'
import { eventsTopic } from '../ground/topic-watch.ts'
import { type Battle, comes, type Inflict } from './battle.ts'
import { membersIn } from './groups.ts'

const limitMs = 25_000

/** Byte by byte what stands on the topics already, some of it from the beginning. */
export const publishCopies: Inflict = async (battle, { amount }) => {
  const { watch, byHand, openSagas } = battle
  const open = await openSagas()
  const records = watch.some(amount)
  const before = await repeated(battle)
  const types: string[] = []
  for (const { topic, partition, offset } of records)
    types.push(...watch.typesFrom(topic, partition, Number(offset)).slice(0, 1))
  await byHand.publish(
    ...records.map(({ topic, partition, key, value, headers }) => ({
      ...{ topic, partition, key, value },
      headers: headers as Record<string, Buffer>,
    })),
  )
  const expected = serviceNames.reduce((sum, service) => sum + countTaken(service, types), 0)
  const rise = await rises(battle, before, expected)
  return {
    ...{ hadEffect: expected > 0 && rise >= expected, open },
    saw: `${records.length} copies, ${expected} deliveries to come; duplicates rose by ${rise}`,
  }
}

/** The group is empty, its offsets are set back, and whoever comes gets everything since then again. */
export const resetOffsets: Inflict = async (battle, { service, amount }) => {
  const open = await battle.openSagas()
  const before = await repeated(battle, service)
  const both = battle.ground.of(service)
  await Promise.all(both.map(({ process }) => process.stop()))
  let expected: number | undefined
  try {
    // One that had to be killed is a member until its session has ended.
    const isEmpty = await comes(async () => (await membersIn(battle, service)) === 0, limitMs)
    if (isEmpty) expected = await setBack(battle, service, amount)
  } finally {
    await Promise.all(both.map(({ process }) => process.start()))
  }
  if (!expected) return { hadEffect: false, saw: 'nothing was set back', open }
  const rise = await rises(battle, before, expected, service)
  return {
    ...{ hadEffect: rise >= expected, open },
    saw: `${service} ${amount} records back in each partition, ${expected} deliveries to come; duplicates rose by ${rise}`,
  }
}

/** Gives how many of the records that come again the service reacts to. */
async function setBack({ ground, watch }: Battle, groupId: ServiceName, amount: number): Promise<number> {
  const admin = createKafka({ clientId: 'chaos-offsets', brokers: ground.stack.brokers }).admin()
  let expected = 0
  try {
    await admin.connect()
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: serviceNames.map(eventsTopic) })) {
      const back = partitions.flatMap(({ partition, offset }) => {
        if (Number(offset) <= 0) return []
        const to = Math.max(0, Number(offset) - amount)
        expected += countTaken(groupId, watch.typesFrom(topic, partition, to).slice(0, Number(offset) - to))
        return [{ partition, offset: String(to) }]
      })
      if (back.length > 0) await admin.setOffsets({ groupId, topic, partitions: back })
    }
    return expected
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

/** How many of these a service takes for what it reacts to. What a `when` filters is counted as ignored, first time or not. */
function countTaken(service: ServiceName, types: readonly string[]): number {
  const own = new Set(participants[service].reactions.filter(r => !r.when).map(r => r.trigger.type))
  return types.filter(type => own.has(type)).length
}

/** Deliveries that had no effect since the step had had its effect, or had been made void. */
async function repeated({ counters }: Battle, service?: ServiceName): Promise<number> {
  await counters.refresh()
  const of = service ? { service } : {}
  return ['duplicate', 'late'].reduce((sum, outcome) => sum + counters.total('saga_steps_total', { outcome, ...of }), 0)
}

async function rises(battle: Battle, before: number, expected: number, service?: ServiceName): Promise<number> {
  let rise = 0
  await comes(async () => {
    rise = (await repeated(battle, service)) - before
    return rise >= expected
  }, limitMs)
  return rise
}
