/** The handlers that the Restate server calls: the order is a durable handler, its steps are journaled (`ctx.run`). */
import * as restate from '@restatedev/restate-sdk'
import pg from 'pg'
import { allSteps, type Order } from '../steps.ts'

const { DATABASE_URL, PORT, CONNECTIONS } = process.env as Record<string, string>
const pool = new pg.Pool({ connectionString: DATABASE_URL!, max: Number(CONNECTIONS) })

const shop = restate.service({
  name: 'shop',
  handlers: {
    place: async (ctx: restate.Context, order: Order) => {
      for (const step of allSteps) {
        const { name, text, values } = step(order)
        await ctx.run(name, async () => {
          await pool.query({ name, text, values: [...values] })
        })
      }
      return 'completed'
    },
  },
})
await restate.serve({ services: [shop], port: Number(PORT) })
