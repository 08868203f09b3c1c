import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'
import { untilConsumed } from './consumed.ts'
import { type HandPublisher, handPublisher } from './hand-publisher.ts'
import { participants } from './participants.ts'
import { type Actor, createActor, type Move, typeOf } from './race-driver.ts'
import { type RaceScenario, raceScenarios } from './race-scenarios.ts'
import { racesOfDeclarations } from './races.ts'
import { type Recorder, record } from './recorder.ts'
import { type RunningShop, runShop } from './running-shop.ts'
import { until } from './until.ts'

const nameOf = (service: string, pair: readonly string[]) => `${service}: ${pair.toSorted().join(' and ')}`

test('every pair that can race by the declarations has its scenario, and there is none besides', () => {
  const pairs = racesOfDeclarations().map(({ service, pair }) => nameOf(service, pair))
  const scenarios = serviceNames.flatMap(service =>
    raceScenarios[service].map(({ moves }) => nameOf(service, moves.map(typeOf))),
  )
  expect(pairs.length).toBeGreaterThan(50)
  expect(scenarios.toSorted()).toEqual(pairs.toSorted())
})

/** One order of one pair. */
interface Run {
  readonly name: string
  readonly actor: Actor
  readonly given: readonly Move[]
  readonly first: Move
  readonly second: Move
  readonly expected: string
}

describe.each(serviceNames.map(service => ({ service })))('alone, $service', ({ service }) => {
  let shop: RunningShop
  let recorder: Recorder
  let byHand: HandPublisher
  let runs: Run[]

  beforeAll(async () => {
    shop = await runShop(`races${service}`, {
      ...{ start: [service], environment: { LOG_LEVEL: 'error', RETRY_MAX_ATTEMPTS: '2' } },
    })
    recorder = await record(shop)
    byHand = await handPublisher(shop)
    runs = await Promise.all(raceScenarios[service].flatMap(scenario => bothOrders(shop, service, scenario, byHand)))
  }, 120_000)
  afterAll(async () => {
    await byHand?.end()
    await recorder?.end()
    await shop?.end()
  })

  test('ends each pair in both orders as it should', async () => {
    // All sagas take their steps side by side: each waits for the others' too.
    const most = Math.max(...runs.map(({ given }) => given.length))
    for (let step = 0; step < most; step++) await playAll(shop, service, runs, run => run.given[step])
    await playAll(shop, service, runs, run => run.first)
    for (const run of runs) await expectReached(run, service, run.first, run.second)
    await playAll(shop, service, runs, run => run.second)

    await recorder.caughtUp()
    const ends = await Promise.all(runs.map(async ({ name, actor }) => [name, await actor.summary(recorder)]))
    expect(Object.fromEntries(ends)).toEqual(Object.fromEntries(runs.map(({ name, expected }) => [name, expected])))
  })
})

function bothOrders(shop: RunningShop, service: ServiceName, scenario: RaceScenario, byHand: HandPublisher) {
  const [a, b] = scenario.moves
  const orders = [
    { first: a, second: b, expected: scenario.ends[0] },
    { first: b, second: a, expected: scenario.ends[1] },
  ]
  return orders.map(async (order): Promise<Run> => {
    const name = `${order.first}, then ${order.second}`
    return { name, given: scenario.given, actor: await createActor(shop, service, byHand), ...order }
  })
}

/** Makes each run's next message happen and waits until all of them have had their effect. */
async function playAll(
  shop: RunningShop,
  service: ServiceName,
  runs: readonly Run[],
  moveOf: (run: Run) => Move | undefined,
): Promise<void> {
  const played = runs.flatMap(run => {
    const move = moveOf(run)
    return move === undefined ? [] : [run.actor.play(move)]
  })
  await Promise.all(played)
  await untilConsumed(shop, [service])
  await until('no try and no call is under way', async () => {
    const busy = `select from saga.waiting where kind in ('retry', 'calling') or (kind = 'parked' and due_at is not null)`
    return (await shop.query(service, busy)).length === 0
  })
}

/** The saga log says that the first message has had its turn, or found its step done, and that the second has not. */
async function expectReached({ name, actor }: Run, service: ServiceName, first: Move, second: Move): Promise<void> {
  const rows = await actor.log()
  expect(
    rows.map(row => row.messageId),
    name,
  ).not.toContain(actor.messageId(second))
  expect(actor.answers[second], name).toBeUndefined()
  // A command leaves no row when it is refused: that it was answered says that it was decided.
  if (actor.answers[first] !== undefined) return
  const { step, direction } = participants[service].reactions.find(r => r.trigger.type === typeOf(first))!
  expect(
    rows.map(row => row.operation),
    name,
  ).toContain(direction === 'action' ? step : `undo ${step}`)
}
