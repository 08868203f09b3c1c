import { randomBytes, randomUUIDv7 } from 'node:crypto'
import type { Connections } from './connections.ts'
import { bodyOf, type OrderMaker, type OrderToPlace } from './orders.ts'
import type { Door, Placed } from './plan.ts'

export interface Placing {
  readonly placed: readonly Placed[]
  /** When those should have been sent that were not taken. */
  readonly refusedMs: readonly number[]
  readonly answers: Readonly<Record<string, number>>
  /** One request with an order for each of these times. Resolves, with how many were taken, when it was answered. */
  place(intendedMs: readonly number[]): Promise<number>
}

/** Sends orders and writes down what was answered 202. What is turned away is counted and not sent again. */
export function startPlacing(o: {
  readonly connections: Pick<Connections, 'post'>
  readonly door: Door
  readonly orderOf: OrderMaker
  /** Told of each that was taken. */
  readonly taken: (orderId: string, order: OrderToPlace) => void
}): Placing {
  const { path, ids } = o.door
  const keys = randomBytes(8).toString('hex')
  const placed: Placed[] = []
  const refusedMs: number[] = []
  const answers: Record<string, number> = {}
  let n = 0
  const count = (answer: string) => {
    answers[answer] = (answers[answer] ?? 0) + 1
  }
  const take = (orderId: string, order: OrderToPlace, intendedMs: number) => {
    placed.push({ orderId, intendedMs, wish: order.wish })
    o.taken(orderId, order)
  }
  const refuse = (...intendedMs: readonly number[]) => {
    refusedMs.push(...intendedMs)
    return 0
  }
  const giveUp = (intendedMs: readonly number[]) => {
    for (const _ of intendedMs) count('order never sent')
    return refuse(...intendedMs)
  }

  async function placeOne(intendedMs: number): Promise<number> {
    const order = o.orderOf(n)
    const id = ids === 'given' ? randomUUIDv7() : undefined
    const body = id === undefined ? bodyOf(order) : `{"orderId":"${id}",${bodyOf(order).slice(1)}`
    const reply = await o.connections.post(path, `idempotency-key: ${keys}-${n++}\r\n`, body)
    if (!reply) return giveUp([intendedMs])
    count(`POST ${path} ${reply.status}`)
    if (reply.status !== 202 && reply.status !== 200) return refuse(intendedMs)
    take(id ?? idIn(reply.body), order, intendedMs)
    return 1
  }

  async function placeMany(intendedMs: readonly number[]): Promise<number> {
    const orders = intendedMs.map((_, i) => o.orderOf(n + i))
    const items = orders.map((order, i) => `{"idempotencyKey":"${keys}-${n + i}",${bodyOf(order).slice(1)}`)
    n += orders.length
    const reply = await o.connections.post(`${path}/batch`, '', `{"orders":[${items.join()}]}`)
    if (!reply) return giveUp(intendedMs)
    count(`POST ${path}/batch ${reply.status}`)
    if (reply.status !== 200) return refuse(...intendedMs)
    const { results } = JSON.parse(reply.body) as { results: { status: number; body: { orderId: string } }[] }
    let taken = 0
    for (const [i, { status, body }] of results.entries()) {
      count(`order ${status}`)
      if (status === 202) {
        take(body.orderId, orders[i]!, intendedMs[i]!)
        taken++
      } else refuse(intendedMs[i]!)
    }
    return taken
  }

  return {
    ...{ placed, refusedMs, answers },
    place: intendedMs => (intendedMs.length === 1 ? placeOne(intendedMs[0]!) : placeMany(intendedMs)),
  }
}

const mark = '"orderId":"'
function idIn(body: string): string {
  const at = body.indexOf(mark) + mark.length
  return body.slice(at, at + 36)
}
