import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, delivered, freshDatabase, newSagaId } from '../testing/engine.fixture.ts'
import { behaviour, Paid } from '../testing/participant.fixture.ts'
import { readSaga } from './read-saga.ts'

let db: Database
beforeAll(async () => {
  db = await freshDatabase()
})
afterAll(() => db.close())

test('a step that commits while its saga is read is seen as it was, everywhere', async () => {
  const a = await db.instance()
  const sagaId = newSagaId()
  behaviour.set(`pay/${sagaId}`, () => {
    throw new Error('not yet')
  })
  await a.deliver(delivered(Paid, { sagaId, account: 'ann', amount: 5 }))
  behaviour.clear()
  await db.query('update saga.waiting set due_at = now()')

  /** The payment is made once the log has been read, before anything else is. */
  let paid = false
  const pool = {
    async connect() {
      const client = await db.pool.connect()
      const query = async (text: string, values?: unknown[]) => {
        const found = await client.query(text, values)
        if (text.includes('from saga.saga_log') && !paid) {
          paid = true
          expect(await a.runDue()).toMatchObject([{ outcome: 'succeeded' }])
        }
        return found
      }
      return { query, release: () => client.release() }
    },
  }
  expect(await readSaga(pool as never, sagaId, 'ledger.dlq')).toMatchObject({
    ...{ log: [{ step: 'pay', status: 'failed' }], waiting: [{ kind: 'retry', step: 'pay' }], unpublished: [] },
  })
  expect(await readSaga(db.pool, sagaId, 'ledger.dlq')).toMatchObject({
    ...{ log: [{ step: 'pay', status: 'succeeded' }], waiting: [], unpublished: [{ type: 'test.Done' }] },
  })
  expect(await readSaga(db.pool, newSagaId(), 'ledger.dlq')).toBeUndefined()
})
