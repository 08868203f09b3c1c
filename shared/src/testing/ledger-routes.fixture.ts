import { z } from 'zod'
import { commandRoute } from '../http/routes.ts'
import { Begin, Poke } from './participant.fixture.ts'

export const ledgerRoutes = [
  commandRoute({
    ...{ method: 'POST', path: '/sagas/:sagaId/begin', status: 200, command: Begin },
    params: z.strictObject({ sagaId: z.string() }),
    body: z.strictObject({ account: z.string(), amount: z.int() }),
    toCommand: ({ params, body }) => ({ ...params, ...body }),
  }),
  commandRoute({
    ...{ method: 'POST', path: '/sagas/:sagaId/poke', status: 200, command: Poke },
    params: z.strictObject({ sagaId: z.string() }),
    toCommand: ({ params }) => ({ ...params, account: '' }),
  }),
]
