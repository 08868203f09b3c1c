import { type Context, durationMs, setting, type ValuesOf } from 'saga-kit'

export const settings = {
  orderTimeoutMs: setting({
    env: 'ORDER_TIMEOUT',
    type: durationMs,
    default: '15m',
    description: 'how long an order may stay PENDING before it cancels itself',
  }),
}
export type OrderContext = Context<ValuesOf<typeof settings>>
