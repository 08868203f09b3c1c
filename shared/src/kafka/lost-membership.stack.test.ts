import { randomUUID } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openLink } from '../../../test/chaos/ground/link.ts'
import { correlationIdOf, kafkaFrames } from '../../../test/chaos/ground/produce-frames.ts'
import { until } from '../../../test/e2e/until.ts'
import { freshTopics, kafkaOf, notingPublisher, recordOf, testLogger } from '../../../test/faults/topic-fixture.ts'
import { consume } from './consume.ts'

const brokers = inject('brokers')
const kafka = kafkaOf(brokers)

const joinGroup = 11
const coordinatorLoadInProgress = 14

test('a member that the group forgot joins again, also when its coordinator is not ready at the first try', async () => {
  const [topic] = (await freshTopics(kafka, ['forgotten'], 1)) as [string]
  const link = await openLink({ port: Number(brokers[0]!.split(':')[1]) }, kafkaFrames)
  const groupId = `group-${randomUUID()}`
  const seen: string[] = []
  const consumer = consume({
    kafka: kafkaOf(brokers, () => ({ host: '127.0.0.1', port: link.port })),
    ...{ groupId, topics: [topic], maxBatch: 100, logger: testLogger },
    onBatch: async records => void seen.push(...records.map(record => String(record.value))),
  })
  const { publisher } = notingPublisher(kafka)
  const admin = kafka.admin()
  onTestFinished(async () => {
    await consumer.stop()
    await Promise.all([publisher.close(), admin.disconnect(), link.close()])
  })
  const members = async () => (await admin.describeGroups([groupId])).groups[0]!.members.map(m => m.memberId)
  await admin.connect()
  await consumer.run()
  const before = await members()
  expect(before).toHaveLength(1)

  // As a broker that comes back answers until it has read who was in which group.
  let refused = 0
  const joins = new Set<number>()
  link.onRequest = data => {
    if (data.readInt16BE(4) === joinGroup) joins.add(data.readInt32BE(8))
    return 'pass'
  }
  link.onAnswer = data => {
    if (joins.delete(correlationIdOf(data)) && refused++ === 0) data.writeInt16BE(coordinatorLoadInProgress, 12)
    return 'pass'
  }
  await forget(groupId, before[0]!)
  await until('it tries to join', () => refused > 0)
  const now = await until('it is a member again', async () => {
    const ids = await members()
    return ids.length === 1 && ids
  })
  expect(now).not.toEqual(before)
  publisher.publish([recordOf(topic, 0, 'after')])
  await until('it is given what comes', () => seen.includes('after'))
  await until('its offsets are taken', async () => {
    const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] })
    return Number(offsets!.partitions[0]!.offset) === 1
  })
})

/** Throws a member out of its group, as the end of its session does. */
async function forget(groupId: string, memberId: string): Promise<void> {
  const cluster = kafka.cluster() as any
  await cluster.connect()
  const coordinator = await cluster.findGroupCoordinator({ groupId })
  await coordinator.leaveGroup({ groupId, memberId })
  await cluster.disconnect()
}
