import { randomUUIDv7 } from 'node:crypto'
import { batchRoute, commandRoute, queryRoute } from 'saga-kit/runtime'
import { z } from 'zod'
import { CancelOrder, PlaceOrder, RequestRefund, SetPrice } from './commands.ts'
import { listOrders, orderPage } from './list-orders.ts'
import { orderView, waitUntilSettled } from './read-order.ts'

/** One order has one spelling, whatever case the client writes. */
const orderId = z.uuidv7({ error: 'is no order id' }).toLowerCase()
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not 1 to 64 letters, digits, dots, - or _')
const currency = z.string().regex(/^[A-Z]{3}$/, 'is no ISO 4217 code, like EUR')
const line = z.strictObject({ sku: name, quantity: z.int().min(1).max(1_000_000) })
const lines = z
  .array(line)
  .min(1)
  .max(100)
  .refine(all => new Set(all.map(({ sku }) => sku)).size === all.length, 'names a sku twice; add its quantities up')
const answer = z.object({ orderId: z.string(), status: orderView.shape.status })
const price = { unitPriceMinor: z.int().min(0), currency }

const placing = commandRoute({
  method: 'POST',
  path: '/orders',
  summary: 'Places an order at the prices of this moment.',
  body: z.strictObject({ customerId: name, currency, lines }),
  status: 202,
  command: PlaceOrder,
  // UUIDv7, so that ranges of orders are ranges of time. On a repeat the first answer is given and this id is forgotten.
  toCommand: ({ body }) => ({ orderId: randomUUIDv7(), ...body }),
  answer,
  location: placed => `/orders/${placed.orderId}`,
})

export const routes = [
  placing,
  batchRoute({
    path: '/orders/batch',
    summary: 'Places up to 100 orders, each as POST /orders would.',
    of: placing,
    field: 'orders',
    most: 100,
  }),
  queryRoute({
    method: 'GET',
    path: '/orders/:orderId',
    summary: 'One order; with `wait`, answers when it is settled or when so many seconds have passed.',
    params: z.object({ orderId }),
    query: z.object({ wait: z.coerce.number().int().min(0).max(30).default(0) }),
    response: orderView,
    read: ({ params, query, db, signal }) => waitUntilSettled(db, params.orderId, query.wait * 1_000, signal),
  }),
  queryRoute({
    method: 'GET',
    path: '/orders',
    summary: 'Orders, the newest first; `after` is the last id of the page before.',
    query: z.object({
      customerId: name.optional(),
      limit: z.coerce.number().int().min(1).max(100).default(20),
      after: orderId.optional(),
    }),
    response: orderPage,
    read: ({ query, db }) => listOrders(db, query),
  }),
  commandRoute({
    method: 'POST',
    path: '/orders/:orderId/cancel',
    summary: 'Cancels a pending order for its customer.',
    params: z.object({ orderId }),
    status: 202,
    command: CancelOrder,
    toCommand: ({ params }) => params,
    answer,
  }),
  commandRoute({
    method: 'POST',
    path: '/orders/:orderId/refund',
    summary: 'Undoes a confirmed order: money back, goods back.',
    params: z.object({ orderId }),
    body: z.strictObject({ reason: z.string().min(1).max(200).default('requested by the customer') }),
    status: 202,
    command: RequestRefund,
    toCommand: ({ params, body }) => ({ ...params, ...body }),
    answer,
  }),
  commandRoute({
    method: 'PUT',
    path: '/prices/:sku',
    summary: 'Sets the price of a sku for orders from now on.',
    params: z.object({ sku: name }),
    body: z.strictObject(price),
    status: 200,
    command: SetPrice,
    toCommand: ({ params, body }) => ({ ...params, ...body }),
    answer: z.object({ sku: z.string(), ...price }),
  }),
]
