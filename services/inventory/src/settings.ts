import { type Context, durationMs, setting, type ValuesOf } from 'saga-kit'

export const settings = {
  stockReleaseDelayMs: setting({
    env: 'STOCK_RELEASE_DELAY',
    type: durationMs,
    default: '10m',
    description: 'how long stock is held for a customer who cancelled, in case the same order comes again',
  }),
}
export type InventoryContext = Context<ValuesOf<typeof settings>>
