import pg from 'pg'
import type { FetchedRecord } from 'saga-kit/observing'
import { expect, test } from 'vitest'
import { recordOrPutAside } from './record-or-put-aside.ts'

const record = (offset: number): FetchedRecord => ({
  ...{ topic: 'pay.events.v1', partition: 0, offset: BigInt(offset), key: null, value: null, headers: {} },
  timestampMs: 0,
})
const refused = (code: string) => Object.assign(new pg.DatabaseError('no', 2, 'error'), { code })

/** Of ten records the seventh cannot be recorded. */
async function recordTen(error: Error) {
  const [recorded, aside]: [bigint[], [bigint, string][]] = [[], []]
  await recordOrPutAside(
    {
      async record(records) {
        if (records.some(({ offset }) => offset === 7n)) throw error
        recorded.push(...records.map(({ offset }) => offset))
      },
      putAside: async ({ offset }, why) => void aside.push([offset, why]),
      trouble: () => {},
    },
    Array.from({ length: 10 }, (_, n) => record(n)),
  )
  return { recorded, aside }
}

test.each([
  ['a fault of our own code', new TypeError('undefined is not a function'), 'fault'],
  ['a fault of our own SQL', refused('42804'), 'fault'],
  ['a text that the database does not store', refused('22021'), 'refused'],
  ['a value that no index takes', refused('54000'), 'refused'],
])('%s puts one record aside, and the others are recorded in their order', async (_, error, why) => {
  expect(await recordTen(error)).toEqual({ recorded: [0n, 1n, 2n, 3n, 4n, 5n, 6n, 8n, 9n], aside: [[7n, why]] })
})

test('while the database is away nothing is put aside', async () => {
  const away = Object.assign(new Error('no'), { code: 'ECONNREFUSED' })
  await expect(recordTen(away)).rejects.toBe(away)
})
