/** No engine at all: five statements, each committed by itself. A crash between two of them leaves an order half done. */
import pg from 'pg'
import { openDoor } from '../order-door.ts'
import { allSteps } from '../steps.ts'

const { DATABASE_URL, PORT, CONNECTIONS } = process.env
const pool = new pg.Pool({ connectionString: DATABASE_URL!, max: Number(CONNECTIONS) })

openDoor(Number(PORT), 200, async order => {
  for (const step of allSteps) {
    const { name, text, values } = step(order)
    await pool.query({ name, text, values: [...values] })
  }
})
