import { loadSagas } from '../../postgres/load-sagas.ts'
import { readSaga } from '../../postgres/read-saga.ts'
import { findSweepable, readOutbox } from '../../postgres/sweep-outbox.ts'
import { freshDatabase } from '../engine.fixture.ts'
import { type ContractStore, imagesByOperation } from './simulated-instance.fixture.ts'

/** The ledger on a real database, as the contract sees it. */
export async function postgresStore(): Promise<ContractStore> {
  const db = await freshDatabase()
  const everything = {
    ...{ limit: 1_000, olderThanMs: -1_000, includingOld: true, without: { sagas: [], lanes: [] } },
    isAcknowledged: () => false,
  }
  return {
    name: 'PostgreSQL',
    instance: safeguards => db.instance(safeguards, { maxAttempts: 3 }),
    async makeDue() {
      await db.query(`update saga.waiting set due_at = '2026-01-01' where due_at is not null`)
    },
    async saga(id) {
      const client = await db.pool.connect()
      try {
        return (await loadSagas(client, new Map([[id, 'known']]))).get(id)!
      } finally {
        client.release()
      }
    },
    async images(id) {
      return imagesByOperation((await readSaga(db.pool, id, 'ledger.dlq'))?.log ?? [])
    },
    async outbox() {
      const client = await db.pool.connect()
      try {
        return await readOutbox(client, await findSweepable(client, everything))
      } finally {
        client.release()
      }
    },
    rows: async table => {
      const fields = { accounts: 'account, balance', payments: 'saga_id as "sagaId", account, amount' }[table]
      return db.query(`select ${fields} from ${table} order by 1`)
    },
    close: () => db.close(),
  }
}
