import * as schemas from 'shop-schemas'
import type { ServiceName } from '../../infra/shop/topics.ts'
import type { Message } from '../../shared/src/messages.ts'
import { newSagaId } from '../../shared/src/testing/engine.fixture.ts'
import type { HandPublisher } from './hand-publisher.ts'
import { participants } from './participants.ts'
import type { Recorder } from './recorder.ts'
import type { RunningShop } from './running-shop.ts'
import { Refused } from './shop-client.ts'
import { unique } from './stage.ts'
import { until } from './until.ts'

/** An event, timer or command by name; a variant behind a space: `OrderCancelled customer`. */
export type Move = string
export const typeOf = (move: Move) => move.split(' ')[0]!

/** One saga at one service that runs alone: what the other services would send is sent by hand. */
export interface Actor {
  readonly sagaId: string
  /** Makes the message happen. Events are only published: wait until they are consumed. */
  play(move: Move): Promise<void>
  /** By move: what a command was answered, or that a timer was gone before it could fire. */
  readonly answers: Readonly<Record<Move, string>>
  /** The rows of the saga log, in the order in which they came to be, with the message that each is by. */
  log(): Promise<LogLine[]>
  messageId(move: Move): string
  /** All that there is to see of the saga here, in one line. */
  summary(recorder: Recorder): Promise<string>
}

interface LogLine {
  /** `undo reserve_stock` */
  readonly operation: string
  readonly line: string
  readonly messageId: string
}

const price = 250
const customers = { depositMinor: 10_000 }

/** Its customer and sku are nobody else's, so that the figures in its summary are its own. */
export async function createActor(shop: RunningShop, service: ServiceName, byHand: HandPublisher): Promise<Actor> {
  const { client } = shop
  const [customerId, sku] = [unique('customer'), unique('sku')]
  const currency = 'EUR'
  const lines = [{ sku, quantity: 2 }]
  const priced = lines.map(line => ({ ...line, unitPriceMinor: price }))
  const totalMinor = 2 * price
  let sagaId = newSagaId()
  if (service === 'order') {
    await client.setPrice(sku, price)
    sagaId = (await client.placeOrder({ customerId, lines })).orderId
  }
  if (service === 'inventory') await client.receiveStock(sku, 10)
  if (service === 'balance') await client.deposit(customerId, customers.depositMinor)
  if (service === 'notification') await client.setContact(customerId)

  const answers: Record<Move, string> = {}
  const fields: Record<string, (variant: any) => object> = {
    OrderPlaced: () => ({ customerId, currency, totalMinor, lines: priced }),
    OrderConfirmed: () => ({ customerId, currency, totalMinor }),
    OrderCancelled: reason => ({ customerId, reason }),
    OrderRefunded: () => ({ customerId, currency, amountMinor: totalMinor }),
    RefundRequested: () => ({ customerId, reason: 'broken' }),
    StockReserved: () => ({ customerId, currency, totalMinor, lines }),
    StockRejected: () => ({ reason: 'insufficient-stock', lines }),
    StockCommitted: () => ({ lines }),
    StockReleased: () => ({ lines }),
    StockReturned: () => ({ lines }),
    BalanceDeducted: () => ({ customerId, currency, amountMinor: totalMinor }),
    BalanceRejected: () => ({ reason: 'insufficient-balance' }),
    BalanceRefunded: cause => ({ amountMinor: totalMinor, cause }),
  }
  const messageId = (move: Move) => `${sagaId}/${move.replaceAll(' ', '-')}`

  async function command(move: Move, run: () => Promise<{ status: string }>): Promise<void> {
    answers[move] = await run().then(
      ({ status }) => `${move} accepted: ${status}`,
      error => {
        if (error instanceof Refused) return `${move} refused: ${error.code}`
        throw error
      },
    )
  }

  /** Its time comes now instead of in a quarter of an hour. */
  async function fire(timer: string): Promise<void> {
    const id = `${service}/${sagaId}/${timer}`
    const fired = await shop.query(
      service,
      `update saga.waiting set due_at = now() where message_id = $1 returning message_id`,
      [id],
    )
    if (fired.length === 0) answers[timer] = `${timer} is not set`
    await until(`${timer} fires`, async () => {
      const left = await shop.query(service, `select from saga.waiting where message_id = $1 and kind = 'timer'`, [id])
      return left.length === 0
    })
  }

  async function log(): Promise<LogLine[]> {
    const rows = await shop.query(
      service,
      `select operation, status, error_code, payload->>'id' as id from saga.saga_log
       where saga_id = $1 order by created_at, step, direction`,
      [sagaId],
    )
    return rows.map(({ operation, status, error_code, id }) => ({
      operation,
      line: `${operation} ${status}${error_code === null ? '' : ` (${error_code})`}`,
      messageId: id,
    }))
  }

  return {
    get sagaId() {
      return sagaId
    },
    answers,
    messageId: move => {
      const timer = participants[service].reactions.find(r => r.trigger.type === move)?.trigger.kind === 'timer'
      return timer ? `${service}/${sagaId}/${move}` : messageId(move)
    },
    async play(move) {
      const [type, variant] = move.split(' ') as [string, string | undefined]
      const kind = participants[service].reactions.find(r => r.trigger.type === type)!.trigger.kind
      if (kind === 'timer') return fire(type)
      if (type === 'CancelOrder') return command(move, () => client.cancel(sagaId))
      if (type === 'RequestRefund') return command(move, () => client.refund(sagaId))
      const event = (schemas as Record<string, any>)[type]({ orderId: sagaId, ...fields[type]!(variant) })
      await byHand.publish(byHand.event(event as Message & { orderId: string }, { id: messageId(move) }))
    },
    log,
    async summary(recorder) {
      const state = await stateOf(shop, service, sagaId, { customerId, sku })
      const published = (await recorder.events(sagaId)).filter(event => event.topic === `${service}.events.v1`)
      const steps = (await log()).map(row => row.line).filter(line => !line.startsWith('place_order'))
      const types = published.map(event => event.type).filter(type => type !== 'OrderPlaced')
      return [state, ...Object.values(answers), steps.join(', '), types.join(', ') || 'nothing published'].join(' | ')
    },
  }
}

async function stateOf(
  shop: RunningShop,
  service: ServiceName,
  sagaId: string,
  { customerId, sku }: { customerId: string; sku: string },
): Promise<string> {
  switch (service) {
    case 'order': {
      const { status, settled } = await shop.client.order(sagaId)
      return settled ? `${status} settled` : status
    }
    case 'inventory': {
      const [row] = await shop.query(service, 'select status from reservations where order_id = $1', [sagaId])
      const { onHand, reserved, sold } = await shop.client.stock(sku)
      return `${row?.status ?? 'no reservation'}, ${onHand} free, ${reserved} reserved, ${sold} sold`
    }
    case 'balance': {
      const [row] = await shop.query(service, 'select refunded_at from debits where order_id = $1', [sagaId])
      const { balanceMinor } = await shop.client.account(customerId)
      return `${row ? (row.refunded_at ? 'paid back' : 'paid') : 'no debit'}, ${balanceMinor} left`
    }
    case 'notification': {
      const templates = (await shop.client.notifications(sagaId)).map(mail => mail.template)
      return `mails: ${templates.toSorted().join(', ')}`
    }
  }
}
