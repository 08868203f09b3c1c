import { commandRoute, queryRoute } from 'saga-kit/runtime'
import { z } from 'zod'
import { ReceiveStock } from './commands.ts'
import { readStock, stockView } from './read-stock.ts'

const sku = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not 1 to 64 letters, digits, dots, - or _')

export const routes = [
  commandRoute({
    method: 'POST',
    path: '/stock/:sku/receipts',
    summary: 'Adds pieces that came in to the free stock.',
    params: z.object({ sku }),
    body: z.strictObject({ quantity: z.int().min(1).max(1_000_000_000) }),
    status: 201,
    command: ReceiveStock,
    toCommand: ({ params, body }) => ({ ...params, ...body }),
    answer: z.object({ sku: z.string(), received: z.int() }),
  }),
  queryRoute({
    method: 'GET',
    path: '/stock/:sku',
    summary: 'Where the pieces of a sku are: received = onHand + reserved + sold.',
    params: z.object({ sku }),
    response: stockView,
    read: ({ params, db }) => readStock(db, params.sku),
  }),
]
