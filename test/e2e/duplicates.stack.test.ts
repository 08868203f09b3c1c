import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { expectAllSettled } from './at-rest.ts'
import { untilConsumed } from './consumed.ts'
import { copyOf, duplicateAll } from './duplicator.ts'
import { endings } from './endings.ts'
import { type HandPublisher, handPublisher } from './hand-publisher.ts'
import { openLetters } from './invariants.ts'
import { sum } from './metrics.ts'
import { participants } from './participants.ts'
import { type RecordedEvent, type Recorder, record } from './recorder.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { allRows } from './tables.ts'

let shop: RunningShop
let recorder: Recorder
let byHand: HandPublisher

beforeAll(async () => {
  shop = await runShop('twice', { environment: { STOCK_RELEASE_DELAY: '4s' } })
  recorder = await record(shop)
  byHand = await handPublisher(shop)
}, 120_000)
afterAll(async () => {
  await byHand?.end()
  await recorder?.end()
  await shop?.end()
})

test('orders end as they should while every event comes twice', async () => {
  const duplicator = duplicateAll(recorder, byHand)
  const expected = await Promise.all(endings.filter(({ alone }) => !alone).map(ending => ending.run(shop)))
  for (const ending of endings.filter(({ alone }) => alone)) expected.push(await ending.run(shop))

  expect(openLetters(await expectAllSettled(shop))).toBe(0)
  const copied = await duplicator.copied()
  await untilConsumed(shop, serviceNames)
  expect(copied).toBeGreaterThan(60)
  // No event was told a second time by its service: there is the first copy, and ours.
  for (const orderId of expected.flatMap(sagas => Object.keys(sagas))) {
    const ids = recorder.records.filter(r => String(r.key) === orderId).map(r => String(r.headers.ce_id))
    for (const id of new Set(ids)) expect(ids.filter(each => each === id).length, id).toBe(2)
  }
  for (const service of serviceNames) expect(await shop.steps({ outcome: 'duplicate' }, service)).toBeGreaterThan(0)
}, 120_000)

test('when all is settled, all of it again changes nothing but the counters of duplicates', async () => {
  await expectAllSettled(shop)
  const events = await recorder.events()
  const before = await allRows(shop)
  const counted = await outcomes()

  await byHand.publish(...events.map(copyOf))
  await untilConsumed(shop, serviceNames)

  expect(await allRows(shop)).toEqual(before)
  const after = await outcomes()
  for (const service of serviceNames) {
    const rise = (outcome: string) => (after[service][outcome] ?? 0) - (counted[service][outcome] ?? 0)
    const risen = Object.keys(after[service]).filter(outcome => rise(outcome) > 0)
    expect(['duplicate', 'ignored', 'late'], `${service} counted ${risen.join()}`).toEqual(
      expect.arrayContaining(risen),
    )
    expect(rise('duplicate') + rise('ignored') + rise('late'), service).toBe(readBy(service, events))
  }
}, 120_000)

/** Deliveries by outcome. */
async function outcomes() {
  const counted = {} as Record<ServiceName, Record<string, number>>
  for (const service of serviceNames) {
    const samples = await shop.metrics(service)
    const names = new Set(samples.flatMap(sample => sample.labels.outcome ?? []))
    counted[service] = Object.fromEntries(
      [...names].map(outcome => [outcome, sum(samples, 'saga_steps_total', { outcome })]),
    )
  }
  return counted
}

function readBy(service: ServiceName, events: readonly RecordedEvent[]): number {
  const types = new Set(participants[service].reactions.map(reaction => reaction.trigger.type))
  return events.filter(event => types.has(event.type)).length
}
