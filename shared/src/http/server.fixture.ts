import { Registry } from 'prom-client'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { command } from '../messages.ts'
import { createLog } from '../runtime/logs.ts'
import { batchRoute } from './batch-routes.ts'
import type { CommandRequest, CommandResponse } from './commands.ts'
import { commandRoute, queryRoute } from './routes.ts'
import { type HttpOptions, startHttp } from './server.ts'

/** A small service for the tests: one POST with a body, a batch of it, one POST without, one PUT, two GETs. */
const id = z.string().regex(/^[a-z0-9-]{1,40}$/)
export const orderBody = z.strictObject({
  customerId: z.string().min(1).max(40),
  currency: z.enum(['EUR', 'USD']),
  lines: z
    .array(z.strictObject({ sku: z.string().min(1).max(20), quantity: z.int().min(1).max(1_000) }))
    .min(1)
    .max(50),
  note: z.string().max(20).nullable().optional(),
})
type Order = z.output<typeof orderBody> & { readonly orderId: string }
export const PlaceOrder = command<Order, { orderId: string; status: string }>()('PlaceOrder', {
  saga: c => c.orderId,
  opens: true,
})
export const CancelOrder = command<{ orderId: string }, { orderId: string; status: string }>()('CancelOrder', {
  saga: c => c.orderId,
})
export const SetPrice = command<{ sku: string; unitPriceMinor: number }, object>()('SetPrice', { saga: 'none' })

export const placeOrder = commandRoute({
  method: 'POST',
  path: '/orders',
  summary: 'Places an order.',
  body: orderBody,
  status: 202,
  command: PlaceOrder,
  toCommand: ({ body }) => ({ orderId: 'o-1', ...body }),
  answer: z.strictObject({ orderId: z.string(), status: z.string() }),
  location: answer => `/orders/${answer.orderId}`,
})
export const exampleRoutes = [
  placeOrder,
  batchRoute({ path: '/orders/batch', summary: 'Places many.', of: placeOrder, field: 'orders', most: 100 }),
  commandRoute({
    method: 'POST',
    path: '/orders/:orderId/cancel',
    params: z.object({ orderId: id }),
    status: 202,
    command: CancelOrder,
    toCommand: ({ params }) => params,
  }),
  commandRoute({
    method: 'PUT',
    path: '/prices/:sku',
    params: z.object({ sku: z.string().max(20) }),
    body: z.strictObject({ unitPriceMinor: z.int().min(0) }),
    status: 200,
    command: SetPrice,
    toCommand: ({ params, body }) => ({ ...params, ...body }),
  }),
  queryRoute({
    method: 'GET',
    path: '/orders/:orderId',
    params: z.object({ orderId: id }),
    query: z.object({ wait: z.coerce.number().int().min(0).max(30).default(0) }),
    response: z.object({ orderId: z.string(), waited: z.number() }),
    async read({ params, query, db, signal }) {
      const { rows } = await db.query('select', [params.orderId])
      if (query.wait > 0 && !signal.aborted) await new Promise(resolve => signal.addEventListener('abort', resolve))
      return rows[0] && { orderId: params.orderId, waited: query.wait, internal: 'never shown' }
    },
  }),
] as const

export const accepted: CommandResponse = { status: 'accepted', answer: { orderId: 'o-1', status: 'PENDING' } }
export const orderOf = (more: object = {}) => ({
  customerId: 'c-1',
  currency: 'EUR',
  lines: [{ sku: 'a', quantity: 1 }],
  ...more,
})

/** A listening server on a free port, closed when the test ends. */
export async function listening(o: Partial<HttpOptions> = {}) {
  const submitted: CommandRequest[] = []
  const logged: string[] = []
  const server = await startHttp({
    service: 'order',
    routes: exampleRoutes,
    submit: async request => {
      submitted.push(request)
      return accepted
    },
    db: { query: async () => ({ rows: [{}] }) },
    readiness: () => [],
    registry: new Registry(),
    log: createLog({ service: 'order', level: 'info', to: { write: line => void logged.push(line) } }),
    ...o,
    port: 0,
    host: '127.0.0.1',
  })
  onTestFinished(() => server.close(100))
  const url = `http://127.0.0.1:${server.port}`
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(text !== undefined && { 'content-type': 'application/json' }),
        ...(method === 'POST' && { 'idempotency-key': 'k-1' }),
        ...headers,
      },
      ...(text !== undefined && { body: text as string }),
    })
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  const sendJson = async (...args: Parameters<typeof send>) => {
    const answer = await send(...args)
    return { ...answer, body: JSON.parse(answer.text) }
  }
  return { server, url, send, sendJson, submitted, logged }
}
