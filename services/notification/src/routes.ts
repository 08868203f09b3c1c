import { commandRoute, queryRoute } from 'saga-kit/runtime'
import { z } from 'zod'
import { listNotifications, notificationsView } from './list-notifications.ts'
import { SetContact } from './set-contact.ts'

const customerId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'is not 1 to 64 letters, digits, dots, - or _')

export const routes = [
  commandRoute({
    method: 'PUT',
    path: '/contacts/:customerId',
    summary: 'Sets where a customer is told of orders.',
    params: z.object({ customerId }),
    body: z.strictObject({ email: z.email().max(254) }),
    status: 200,
    command: SetContact,
    toCommand: ({ params, body }) => ({ ...params, ...body }),
    answer: z.object({ customerId: z.string() }),
  }),
  queryRoute({
    method: 'GET',
    path: '/notifications',
    summary: 'What was sent about an order, the oldest first.',
    query: z.object({ orderId: z.uuidv7({ error: 'is no order id' }).toLowerCase() }),
    response: notificationsView,
    read: ({ query, db }) => listNotifications(db, query.orderId),
  }),
]
