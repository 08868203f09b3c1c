import { expect, test } from 'vitest'
import type { Admin } from '../admin.ts'
import { ownersOf } from './owners.ts'
import { planOf } from './plan.ts'
import { letter } from './replay.fixture.ts'

const pay = { service: 'pay' } as Admin
const plan = (...services: string[]) =>
  planOf(
    services.map((service, n) => letter(`s${n}`, `${n}`, { service })),
    { operator: 'ann', fromTopic: true, now: new Date() },
  )

test('a plan with letters of a service that cannot be asked is refused by its name, before anything is done', () => {
  const silent = [{ service: 'mail', why: 'declares no admin listener' }]
  const refused =
    (...services: string[]) =>
    () =>
      ownersOf(plan(...services), { admins: [pay], silent })
  expect(refused('pay', 'mail')).toThrow(
    expect.objectContaining({ code: 'unreachable', message: 'mail declares no admin listener; nothing is replayed' }),
  )
  expect(refused('pay', 'gone')).toThrow(/^gone is not declared: name it by --admin/)
  expect([...refused('pay', 'pay')().keys()]).toEqual(['pay'])
})
