import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { newSagaId } from '../testing/engine.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'
import { type Deployment, deploy, eventually, type Instance, sent } from '../testing/service.fixture.ts'

const most = 20
let ledger: Deployment
beforeAll(async () => {
  ledger = await deploy({ environment: { UNDER_WAY_MAX: String(most) } })
})
afterEach(() => ledger.stopAll())
afterAll(() => ledger.close())

/** Of sagas that begin here others pay: as slowly as the test answers for them. */
async function shop(underWayLimit: boolean) {
  const service = await ledger.start({ safeguards: { underWayLimit } })
  const waiting: string[] = []
  const begin = async (to: Instance = service) => {
    const sagaId = newSagaId()
    const answer = await to.post(`/sagas/${sagaId}/begin`, { account: 'ann', amount: 1 })
    if (answer.status === 200) waiting.push(sagaId)
    return answer
  }
  const answerAll = () =>
    ledger.publish(...waiting.splice(0).map(sagaId => sent(Paid, { sagaId, account: 'ann', amount: 1 })))
  const underWay = (count: number) =>
    eventually(
      `${count} under way`,
      () => service.metric('saga_under_way'),
      found => found === count,
    )
  // One that is answered: from then on it is known that others answer.
  await begin()
  await underWay(1)
  await answerAll()
  await underWay(0)
  const burst = async () => {
    const answers = []
    for (let i = 0; i < 2 * most; i++) answers.push(await begin())
    return answers
  }
  return { service, waiting, begin, burst, answerAll }
}

test('rule 33: what others do not keep up with is turned away at the door, and taken again when they do', async () => {
  const { service, waiting, begin, burst, answerAll } = await shop(true)
  const answers = await burst()
  expect(answers.map(({ status }) => status)).toEqual([...Array(most).fill(200), ...Array(most).fill(503)])
  expect(answers.at(-1)!.body).toMatchObject({ code: 'overloaded' })
  expect(answers.at(-1)!.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect(waiting.length).toBe(most)
  expect(await service.metric('saga_turned_away_total', 'cause="overloaded"')).toBe(most)
  // What begins no saga for others is taken as ever.
  expect((await service.post(`/sagas/${waiting[0]}/poke`)).status).not.toBe(503)

  await answerAll()
  await eventually(
    'sagas begin again',
    () => begin(),
    ({ status }) => status === 200,
  )
})

test('rule 33: an answer that came to another instance opens the door too', async () => {
  const { burst, begin, answerAll } = await shop(true)
  const other = await ledger.start()
  await eventually(
    'the other one has its share',
    () => ledger.members(),
    members => members.length === 2,
  )
  expect((await burst()).some(({ status }) => status === 503)).toBe(true)
  await answerAll()
  await eventually(
    'sagas begin again',
    () => begin(),
    ({ status }) => status === 200,
  )
  expect((await begin(other)).status).toBe(200)
})

test('rule 33, safeguard off: whatever comes is taken, and waits', async () => {
  const { waiting, burst } = await shop(false)
  expect((await burst()).every(({ status }) => status === 200)).toBe(true)
  expect(waiting.length).toBe(2 * most)
})
