import { command, timer } from 'saga-kit'
import type { Line } from 'shop-schemas'
import type { OrderStatus } from './order.ts'
import type { Price } from './states.ts'

export interface OrderAnswer {
  readonly orderId: string
  readonly status: OrderStatus
}

/** `orderId` is drawn where the request comes in: a handler is pure. */
export interface PlaceOrderBody {
  readonly orderId: string
  readonly customerId: string
  readonly currency: string
  readonly lines: readonly Line[]
}
export const PlaceOrder = command<PlaceOrderBody, OrderAnswer>()('PlaceOrder', { saga: c => c.orderId, opens: true })

export const CancelOrder = command<{ orderId: string }, OrderAnswer>()('CancelOrder', { saga: c => c.orderId })

export interface RequestRefundBody {
  readonly orderId: string
  readonly reason: string
}
export const RequestRefund = command<RequestRefundBody, OrderAnswer>()('RequestRefund', { saga: c => c.orderId })

export const SetPrice = command<Price, Price>()('SetPrice', { saga: 'none' })

/** Fires in an order that is still PENDING after ORDER_TIMEOUT. */
export const OrderTimedOut = timer()('OrderTimedOut')
