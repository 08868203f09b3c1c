import type { OrderStatus } from './order.ts'

/** Everything that can happen to an order once it is placed. */
export type Happening =
  | 'CancelOrder'
  | 'RequestRefund'
  | 'OrderTimedOut'
  | 'StockRejected'
  | 'BalanceRejected'
  | 'BalanceDeducted'
  | 'StockCommitted'
  | 'StockReleased'
  | 'StockReturned'
  | 'BalanceRefunded'

export type Transition =
  | { readonly does: 'moves'; readonly to: OrderStatus }
  /** Stores the fact, whatever the status. */
  | { readonly does: 'records' }
  /** Stores the fact and moves on when it was the last that the next status needs. */
  | { readonly does: 'completes'; readonly to: OrderStatus }
  /** A wish that was granted before: the same yes again (rule 32). With `reason`, only if the order has that reason. */
  | { readonly does: 'repeats'; readonly reason?: string; readonly otherwise?: string }
  /** The order has moved on. `code` is the saga log's error_code, or the problem's code of a command. */
  | { readonly does: 'refuses'; readonly code: string }

const to = <const S extends OrderStatus>(status: S) => ({ does: 'moves', to: status }) as const
const refuses = <const C extends string>(code: C) => ({ does: 'refuses', code }) as const
const records = { does: 'records' } as const
const completes = { does: 'completes', to: 'REFUNDED' } as const
const repeats = { does: 'repeats' } as const

/** Exhaustive: the compiler refuses a missing cell. */
export const transitions = {
  PENDING: {
    CancelOrder: to('CANCELLED'),
    RequestRefund: refuses('not-confirmed'),
    OrderTimedOut: to('CANCELLED'),
    StockRejected: to('CANCELLED'),
    BalanceRejected: to('CANCELLED'),
    BalanceDeducted: to('CONFIRMED'),
    StockCommitted: records,
    StockReleased: records,
    StockReturned: records,
    BalanceRefunded: records,
  },
  CONFIRMED: {
    CancelOrder: refuses('not-pending'),
    RequestRefund: to('REFUNDING'),
    OrderTimedOut: refuses('order-confirmed'),
    StockRejected: refuses('order-confirmed'),
    BalanceRejected: refuses('order-confirmed'),
    BalanceDeducted: refuses('order-confirmed'),
    StockCommitted: records,
    StockReleased: records,
    StockReturned: records,
    BalanceRefunded: records,
  },
  CANCELLED: {
    CancelOrder: { does: 'repeats', reason: 'customer', otherwise: 'not-pending' },
    RequestRefund: refuses('not-confirmed'),
    OrderTimedOut: refuses('order-cancelled'),
    StockRejected: refuses('order-cancelled'),
    BalanceRejected: refuses('order-cancelled'),
    BalanceDeducted: refuses('order-cancelled'),
    StockCommitted: records,
    StockReleased: records,
    StockReturned: records,
    BalanceRefunded: records,
  },
  REFUNDING: {
    CancelOrder: refuses('not-pending'),
    RequestRefund: repeats,
    OrderTimedOut: refuses('order-refunding'),
    StockRejected: refuses('order-refunding'),
    BalanceRejected: refuses('order-refunding'),
    BalanceDeducted: refuses('order-refunding'),
    StockCommitted: records,
    StockReleased: records,
    StockReturned: completes,
    BalanceRefunded: completes,
  },
  REFUNDED: {
    CancelOrder: refuses('not-pending'),
    RequestRefund: repeats,
    OrderTimedOut: refuses('order-refunded'),
    StockRejected: refuses('order-refunded'),
    BalanceRejected: refuses('order-refunded'),
    BalanceDeducted: refuses('order-refunded'),
    StockCommitted: records,
    StockReleased: records,
    StockReturned: records,
    BalanceRefunded: records,
  },
} as const satisfies Record<OrderStatus, Record<Happening, Transition>>
