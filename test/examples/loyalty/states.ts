import { state } from 'saga-kit'

export interface Earning {
  readonly orderId: string
  readonly customerId: string
  readonly points: number
  readonly takenBackAt: Date | null
}

/** In lock order. */
export const states = { earnings: state<Earning>()({ table: 'earnings', key: 'orderId' }) }
export type States = typeof states
