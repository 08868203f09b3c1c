/**
 * A choreography as one writes it first: a transaction for each message, with the message's id in an inbox table and its event
 * in an outbox table, which is polled. kafkajs as it is, with eachMessage, as many partitions at a time as there are.
 */
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import pg from 'pg'
import { openDoor } from '../order-door.ts'
import {
  commitStock,
  confirmOrder,
  deductBalance,
  type Order,
  placeOrder,
  reserveStock,
  type Step,
  settleOrder,
} from '../steps.ts'
import { pollOutbox } from './poll-outbox.ts'

interface Reaction {
  readonly on: string
  readonly step: Step
  readonly publishes?: string
}
const services: Record<string, { readonly reads: readonly string[]; readonly reactions: readonly Reaction[] }> = {
  order: {
    reads: ['balance', 'inventory'],
    reactions: [
      { on: 'BalanceDeducted', step: confirmOrder, publishes: 'OrderConfirmed' },
      { on: 'StockCommitted', step: settleOrder },
    ],
  },
  inventory: {
    reads: ['order'],
    reactions: [
      { on: 'OrderPlaced', step: reserveStock, publishes: 'StockReserved' },
      { on: 'OrderConfirmed', step: commitStock, publishes: 'StockCommitted' },
    ],
  },
  balance: {
    reads: ['inventory'],
    reactions: [{ on: 'StockReserved', step: deductBalance, publishes: 'BalanceDeducted' }],
  },
}

const { SERVICE, DATABASE_URL, KAFKA_BROKERS, TOPIC_PREFIX, PORT, PARTITIONS } = process.env as Record<string, string>
const { reads, reactions } = services[SERVICE!]!
const partitions = Number(PARTITIONS)
const pool = new pg.Pool({ connectionString: DATABASE_URL!, max: partitions + 4 })
const kafka = new Kafka({ clientId: SERVICE!, brokers: [KAFKA_BROKERS!], logLevel: logLevel.ERROR })

async function transaction(work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await work(client)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
async function run(client: pg.PoolClient, step: Step, order: Order, publishes?: string): Promise<void> {
  const { name, text, values } = step(order)
  await client.query({ name, text, values: [...values] })
  if (publishes)
    await client.query({
      name: 'publish',
      text: 'insert into outbox (key, value) values ($1, $2)',
      values: [order.orderId, JSON.stringify({ id: randomUUID(), type: publishes, order })],
    })
}

const producer = kafka.producer()
await producer.connect()
pollOutbox(pool, messages => producer.send({ topic: `${TOPIC_PREFIX}${SERVICE}`, messages, acks: -1 }))

// kafkajs has one fetch under way at a broker. With its usual 5 s a fetch of idle partitions keeps the busy ones waiting.
const consumer = kafka.consumer({ groupId: `${TOPIC_PREFIX}${SERVICE}`, maxWaitTimeInMs: 10 })
await consumer.connect()
await consumer.subscribe({ topics: reads.map(name => `${TOPIC_PREFIX}${name}`), fromBeginning: true })
const joined = new Promise<void>(resolve => consumer.on(consumer.events.GROUP_JOIN, () => resolve()))
await consumer.run({
  partitionsConsumedConcurrently: partitions * reads.length,
  async eachMessage({ message }) {
    const { id, type, order } = JSON.parse(message.value!.toString()) as { id: string; type: string; order: Order }
    const reaction = reactions.find(({ on }) => on === type)
    if (!reaction) return
    await transaction(async client => {
      const { rowCount } = await client.query({
        name: 'inbox',
        text: 'insert into inbox (id) values ($1) on conflict do nothing',
        values: [id],
      })
      if (rowCount === 1) await run(client, reaction.step, order, reaction.publishes)
    })
  },
})
await joined

openDoor(Number(PORT), 202, order => transaction(client => run(client, placeOrder, order, 'OrderPlaced')))
