import { expect, test } from 'vitest'
import type { Letter } from '../admin/contract.ts'
import { type Admin, Silence } from './admin.ts'
import { findLetter, findLetters } from './letters.ts'
import type { Participants } from './participants.ts'

const [s1, s2] = ['0192aaaa-0000-7000-8000-000000000001', '0192aaaa-0000-7000-8000-000000000002']
const letter = (service: string, sagaId: string | null, id: string, minute = 0): Letter => ({
  ...{ service, sagaId, id, deaths: 1, step: 'pay', direction: 'action', messageType: 'Placed', attempts: 5 },
  ...{ errorCode: 'handler-threw', errorMessage: 'no', parkedBehind: 0, needsForce: null },
  ...{ firstFailedAt: '2025-01-31T10:00:00.000Z', diedAt: new Date(Date.UTC(2025, 0, 31, 10, minute)).toISOString() },
})

/** Owners with these letters; `asked` says of which sagas each was asked. */
function participantsWith(...letters: Letter[]) {
  const asked: (string | undefined)[] = []
  const admins = [...Map.groupBy(letters, ({ service }) => service)].map(([service, own]) => ({
    service,
    async *letters({ sagaId, step, error }: Parameters<Admin['letters']>[0]) {
      asked.push(sagaId)
      for (const each of own)
        if (
          (!sagaId || each.sagaId === sagaId) &&
          (!step || each.step === step) &&
          (!error || each.errorCode === error)
        )
          yield each
    },
  }))
  return { asked, participants: { admins, declared: [], silent: [] } as unknown as Participants }
}
const reach = { brokers: undefined, topicPrefix: '' }
const find = async (participants: Participants, filter: Parameters<typeof findLetters>[2]) =>
  (await findLetters(reach, participants, filter)).letters.map(({ service, id }) => `${service} ${id}`)

test('letters of all owners, in the order of their deaths', async () => {
  const { participants } = participantsWith(letter('a', s1, 'x', 2), letter('b', s1, 'y', 1), letter('a', s2, 'z', 3))
  expect(await find(participants, {})).toEqual(['b y', 'a x', 'a z'])
  expect(await find(participants, { since: new Date('2025-01-31T10:02:00Z') })).toEqual(['a x', 'a z'])
  expect(await find(participants, { saga: s2 })).toEqual(['a z'])
})

test('an id that names its saga is looked for there only; any other everywhere', async () => {
  const ours = `${s1}/place/action`
  const timer = `pay/${s2}/Expired`
  const { asked, participants } = participantsWith(
    letter('pay', s1, ours),
    letter('pay', s2, timer),
    letter('pay', s2, 'their-own-id'),
    letter('pay', s2, `${s1}/of/another/saga`),
    letter('pay', null, 'order.events.v1/0/7'),
  )
  expect(await find(participants, { ids: [ours, timer] })).toEqual([`pay ${ours}`, `pay ${timer}`])
  expect(asked).toEqual([s1, s2])
  for (const id of ['their-own-id', `${s1}/of/another/saga`, 'order.events.v1/0/7'])
    expect(await find(participants, { ids: [id] })).toEqual([`pay ${id}`])
  expect(await find(participants, { ids: ['nowhere'] })).toEqual([])
})

test('one letter: none and several are told, and who did not answer', async () => {
  const { participants } = participantsWith(letter('a', s1, 'x'), letter('b', s1, 'x'))
  const one = (p: Participants, service?: string[]) => findLetter(reach, p, { ids: ['x'], service })
  expect(await one(participants, ['b'])).toMatchObject({ service: 'b' })
  await expect(one(participants)).rejects.toThrow(/x is dead in a \(saga .*\) and b \(saga .*\): name one by --service/)
  await expect(findLetter(reach, participants, { ids: ['y'] })).rejects.toMatchObject({ code: 'not-found' })

  const away = {
    service: 'c',
    async *letters() {
      yield* participants.admins[0]!.letters({ sagaId: s2 })
      throw new Silence('does not answer')
    },
  }
  const withAway = { ...participants, admins: [away] }
  await expect(one(withAway as unknown as Participants)).rejects.toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('c does not answer'),
  })
})
