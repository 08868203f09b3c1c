/**
 * DBOS: the order is a workflow, its steps are DBOS' steps, recorded in its system tables in the same PostgreSQL. A step that
 * was committed and not recorded is done again after a crash, and does nothing then: its evidence row is there.
 */
import { DBOS } from '@dbos-inc/dbos-sdk'
import pg from 'pg'
import { openDoor } from '../order-door.ts'
import { allSteps, type Order } from '../steps.ts'

const { DATABASE_URL, SYSTEM_DATABASE_URL, PORT, CONNECTIONS } = process.env as Record<string, string>
const connections = Number(CONNECTIONS)
const pool = new pg.Pool({ connectionString: DATABASE_URL!, max: connections })

const place = DBOS.registerWorkflow(
  async (order: Order) => {
    for (const step of allSteps) {
      const { name, text, values } = step(order)
      await DBOS.runStep(
        async () => {
          await pool.query({ name, text, values: [...values] })
        },
        { name },
      )
    }
  },
  { name: 'placeOrder' },
)

DBOS.setConfig({
  ...{ name: 'bench', systemDatabaseUrl: SYSTEM_DATABASE_URL!, systemDatabasePoolSize: connections },
  ...{ logLevel: 'error', tracingEnabled: false, enableOTLP: false },
  // Of several processes on one system database each has a name: it takes up what it had begun itself, and no other's.
  executorID: PORT!,
})
await DBOS.launch()
openDoor(Number(PORT), 200, order => DBOS.withNextWorkflowID(order.orderId, () => place(order)))
