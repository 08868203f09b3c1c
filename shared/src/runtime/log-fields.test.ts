import { expect, test } from 'vitest'
import { fieldsOfRecord } from './log-fields.ts'

const sagaId = '01a204a3-cb97-788a-97ba-3f9f85b0cacd'
const event = { ce_id: `${sagaId}/reserve_stock/action` }

test.each([
  ['an event', event, 'reserve_stock'],
  ['the letter of another service’s event', { ...event, 'dlq-step': Buffer.from('deduct_balance') }, 'deduct_balance'],
])('the line about %s that does not leave names saga, event and step', (_, headers, step) =>
  expect(fieldsOfRecord({ key: Buffer.from(sagaId), headers })).toEqual({
    ...{ saga_id: sagaId, event_id: `${sagaId}/reserve_stock/action`, step },
  }),
)
test('of a record without a saga only what there is', () =>
  expect(fieldsOfRecord({ key: null, headers: {} })).toEqual({ event_id: '' }))
