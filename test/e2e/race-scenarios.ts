import type { ServiceName } from '../../infra/shop/topics.ts'
import type { Move } from './race-driver.ts'

/**
 * Two messages that race, and what there is to see at the end: the state with its figures, what commands were answered,
 * the saga log in the order in which it was written, and what was published (OrderPlaced left out).
 */
export interface RaceScenario {
  readonly moves: readonly [Move, Move]
  /** What has happened before; an order has been placed anyway. */
  readonly given: readonly Move[]
  /** When the moves come as they are listed, and when the second comes first. */
  readonly ends: readonly [string, string]
  /** Why the shop never comes to this, though the declarations do not say so. It is run all the same: nothing may break. */
  readonly never?: string
}

export const raceScenarios: Readonly<Record<ServiceName, readonly RaceScenario[]>> = {
  order: [
    {
      moves: ['BalanceDeducted', 'CancelOrder'],
      given: [],
      ends: [
        'CONFIRMED | CancelOrder refused: not-pending | confirm_order succeeded | OrderConfirmed',
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, confirm_order refused (order-cancelled) | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceDeducted', 'OrderTimedOut'],
      given: [],
      ends: [
        'CONFIRMED | OrderTimedOut is not set | confirm_order succeeded | OrderConfirmed',
        'CANCELLED | cancel_order succeeded, confirm_order refused (order-cancelled) | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceDeducted', 'RequestRefund'],
      given: [],
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded | OrderConfirmed, RefundRequested',
        'CONFIRMED | RequestRefund refused: not-confirmed | confirm_order succeeded | OrderConfirmed',
      ],
    },
    {
      moves: ['BalanceDeducted', 'StockReleased'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, confirm_order refused (order-cancelled), record_stock_released succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_stock_released succeeded, confirm_order refused (order-cancelled) | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceDeducted', 'BalanceRefunded order-cancelled'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, confirm_order refused (order-cancelled), record_refund succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_refund succeeded, confirm_order refused (order-cancelled) | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'OrderTimedOut'],
      given: [],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | OrderTimedOut is not set | cancel_order succeeded | OrderCancelled',
        'CANCELLED | CancelOrder refused: not-pending | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'RequestRefund'],
      given: [],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
        'CANCELLED | RequestRefund refused: not-confirmed | CancelOrder accepted: CANCELLED | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'StockRejected'],
      given: [],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded | OrderCancelled',
        'CANCELLED | CancelOrder refused: not-pending | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'BalanceRejected'],
      given: [],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded | OrderCancelled',
        'CANCELLED | CancelOrder refused: not-pending | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'StockCommitted'],
      given: ['BalanceDeducted'],
      ends: [
        'CONFIRMED settled | CancelOrder refused: not-pending | confirm_order succeeded, record_stock_committed succeeded | OrderConfirmed',
        'CONFIRMED settled | CancelOrder refused: not-pending | confirm_order succeeded, record_stock_committed succeeded | OrderConfirmed',
      ],
    },
    {
      moves: ['CancelOrder', 'StockReleased'],
      given: [],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | record_stock_released succeeded, cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'BalanceRefunded order-cancelled'],
      given: ['OrderTimedOut'],
      ends: [
        'CANCELLED | CancelOrder refused: not-pending | cancel_order succeeded, record_refund succeeded | OrderCancelled',
        'CANCELLED | CancelOrder refused: not-pending | cancel_order succeeded, record_refund succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['CancelOrder', 'StockReturned'],
      given: ['BalanceDeducted', 'RequestRefund'],
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | CancelOrder refused: not-pending | confirm_order succeeded, request_refund succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | CancelOrder refused: not-pending | confirm_order succeeded, request_refund succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['OrderTimedOut', 'StockRejected'],
      given: [],
      ends: [
        'CANCELLED | cancel_order succeeded | OrderCancelled',
        'CANCELLED | OrderTimedOut is not set | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['OrderTimedOut', 'BalanceRejected'],
      given: [],
      ends: [
        'CANCELLED | cancel_order succeeded | OrderCancelled',
        'CANCELLED | OrderTimedOut is not set | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['OrderTimedOut', 'RequestRefund'],
      given: [],
      ends: [
        'CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
        'CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['OrderTimedOut', 'StockCommitted'],
      given: ['BalanceDeducted'],
      ends: [
        'CONFIRMED settled | OrderTimedOut is not set | confirm_order succeeded, record_stock_committed succeeded | OrderConfirmed',
        'CONFIRMED settled | OrderTimedOut is not set | confirm_order succeeded, record_stock_committed succeeded | OrderConfirmed',
      ],
    },
    {
      moves: ['OrderTimedOut', 'StockReleased'],
      given: [],
      ends: [
        'CANCELLED | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
        'CANCELLED | record_stock_released succeeded, cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['OrderTimedOut', 'BalanceRefunded order-cancelled'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | OrderTimedOut is not set | cancel_order succeeded, record_refund succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | OrderTimedOut is not set | cancel_order succeeded, record_refund succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['OrderTimedOut', 'StockReturned'],
      given: ['BalanceDeducted', 'RequestRefund'],
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | OrderTimedOut is not set | confirm_order succeeded, request_refund succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | OrderTimedOut is not set | confirm_order succeeded, request_refund succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['RequestRefund', 'StockRejected'],
      given: [],
      ends: [
        'CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
        'CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['RequestRefund', 'BalanceRejected'],
      given: [],
      ends: [
        'CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
        'CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['RequestRefund', 'StockCommitted'],
      given: ['BalanceDeducted'],
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_stock_committed succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, record_stock_committed succeeded, request_refund succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['RequestRefund', 'StockReleased'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | RequestRefund refused: not-confirmed | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['RequestRefund', 'StockReturned'],
      given: ['BalanceDeducted'],
      never: 'StockReturned answers the refund',
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, finish_refund succeeded, request_refund succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['RequestRefund', 'BalanceRefunded refund-requested'],
      given: ['BalanceDeducted'],
      never: 'BalanceRefunded answers the refund',
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_refund succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, record_refund succeeded, request_refund succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['StockReleased', 'StockRejected'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['StockReleased', 'BalanceRejected'],
      given: [],
      ends: [
        'CANCELLED | record_stock_released succeeded, cancel_order succeeded | OrderCancelled',
        'CANCELLED | cancel_order succeeded, record_stock_released succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['StockReleased', 'BalanceRefunded order-cancelled'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED settled | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_stock_released succeeded, record_refund succeeded | OrderCancelled',
        'CANCELLED settled | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_refund succeeded, record_stock_released succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceRefunded order-cancelled', 'StockRejected'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_refund succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_refund succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceRefunded order-cancelled', 'BalanceRejected'],
      given: ['CancelOrder'],
      ends: [
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_refund succeeded | OrderCancelled',
        'CANCELLED | CancelOrder accepted: CANCELLED | cancel_order succeeded, record_refund succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'StockCommitted'],
      given: ['BalanceDeducted', 'RequestRefund'],
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_refund succeeded, record_stock_committed succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_stock_committed succeeded, record_refund succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'StockReturned'],
      given: ['BalanceDeducted', 'RequestRefund'],
      ends: [
        'REFUNDED settled | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_refund succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested, OrderRefunded',
        'REFUNDED settled | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, finish_refund succeeded, record_refund succeeded | OrderConfirmed, RefundRequested, OrderRefunded',
      ],
    },
    {
      moves: ['StockCommitted', 'StockReturned'],
      given: ['BalanceDeducted', 'RequestRefund'],
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_stock_committed succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, finish_refund succeeded, record_stock_committed succeeded | OrderConfirmed, RefundRequested',
      ],
    },
    {
      moves: ['BalanceDeducted', 'StockRejected'],
      given: [],
      never: 'what was not reserved is not paid',
      ends: [
        'CONFIRMED | confirm_order succeeded, cancel_order refused (order-confirmed) | OrderConfirmed',
        'CANCELLED | cancel_order succeeded, confirm_order refused (order-cancelled) | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceDeducted', 'BalanceRejected'],
      given: [],
      never: 'paid or not paid, never both',
      ends: [
        'CONFIRMED | confirm_order succeeded, cancel_order refused (order-confirmed) | OrderConfirmed',
        'CANCELLED | cancel_order succeeded, confirm_order refused (order-cancelled) | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceDeducted', 'StockReturned'],
      given: [],
      never: 'only what was confirmed is returned',
      ends: [
        'CONFIRMED | confirm_order succeeded, finish_refund succeeded | OrderConfirmed',
        'CONFIRMED | finish_refund succeeded, confirm_order succeeded | OrderConfirmed',
      ],
    },
    {
      moves: ['StockRejected', 'BalanceRejected'],
      given: [],
      never: 'what was not reserved is not asked to be paid',
      ends: [
        'CANCELLED | cancel_order succeeded | OrderCancelled',
        'CANCELLED | cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['StockRejected', 'StockReturned'],
      given: [],
      never: 'only what was confirmed is returned',
      ends: [
        'CANCELLED | cancel_order succeeded, finish_refund succeeded | OrderCancelled',
        'CANCELLED | finish_refund succeeded, cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceRejected', 'StockCommitted'],
      given: [],
      never: 'only what was paid is sold',
      ends: [
        'CANCELLED | cancel_order succeeded, record_stock_committed succeeded | OrderCancelled',
        'CANCELLED | record_stock_committed succeeded, cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['BalanceRejected', 'StockReturned'],
      given: [],
      never: 'only what was confirmed is returned',
      ends: [
        'CANCELLED | cancel_order succeeded, finish_refund succeeded | OrderCancelled',
        'CANCELLED | finish_refund succeeded, cancel_order succeeded | OrderCancelled',
      ],
    },
    {
      moves: ['StockCommitted', 'StockReleased'],
      given: ['BalanceDeducted'],
      never: 'confirmed or cancelled, never both',
      ends: [
        'CONFIRMED settled | confirm_order succeeded, record_stock_committed succeeded, record_stock_released succeeded | OrderConfirmed',
        'CONFIRMED settled | confirm_order succeeded, record_stock_released succeeded, record_stock_committed succeeded | OrderConfirmed',
      ],
    },
    {
      moves: ['StockReleased', 'StockReturned'],
      given: ['BalanceDeducted', 'RequestRefund'],
      never: 'released with a cancelled order, returned with a refunded one',
      ends: [
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, record_stock_released succeeded, finish_refund succeeded | OrderConfirmed, RefundRequested',
        'REFUNDING | RequestRefund accepted: REFUNDING | confirm_order succeeded, request_refund succeeded, finish_refund succeeded, record_stock_released succeeded | OrderConfirmed, RefundRequested',
      ],
    },
  ],
  inventory: [
    {
      moves: ['BalanceRejected', 'OrderCancelled customer'],
      given: ['OrderPlaced'],
      ends: [
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved, StockReleased',
        'held, 8 free, 2 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved',
      ],
    },
    {
      moves: ['BalanceRejected', 'HoldExpired'],
      given: ['OrderPlaced', 'OrderCancelled customer'],
      ends: [
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, release_held_stock succeeded | StockReserved, StockReleased',
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, release_held_stock succeeded | StockReserved, StockReleased',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'OrderConfirmed'],
      given: ['OrderPlaced'],
      ends: [
        'returned, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, commit_stock refused (reservation-returned) | StockReserved, StockReturned',
        'returned, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, commit_stock succeeded, undo reserve_stock succeeded | StockReserved, StockCommitted, StockReturned',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'OrderPlaced'],
      given: [],
      never: 'only what was reserved is paid, confirmed and refunded',
      ends: [
        'no reservation, 10 free, 0 reserved, 0 sold | reserve_stock skipped, undo reserve_stock succeeded | StockReturned',
        'returned, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved, StockReturned',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'BalanceRejected'],
      given: ['OrderPlaced'],
      never: 'what was not paid is not refunded',
      ends: [
        'returned, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved, StockReturned',
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved, StockReleased',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'OrderCancelled customer'],
      given: ['OrderPlaced'],
      never: 'refunded or cancelled, never both',
      ends: [
        'returned, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved, StockReturned',
        'held, 8 free, 2 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded | StockReserved',
      ],
    },
    {
      moves: ['BalanceRefunded refund-requested', 'HoldExpired'],
      given: ['OrderPlaced', 'OrderCancelled customer'],
      never: 'refunded or cancelled, never both',
      ends: [
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, release_held_stock succeeded | StockReserved, StockReleased',
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, release_held_stock succeeded | StockReserved, StockReleased',
      ],
    },
    {
      moves: ['BalanceRejected', 'OrderConfirmed'],
      given: ['OrderPlaced'],
      never: 'only what was paid is confirmed',
      ends: [
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, commit_stock dead (reservation-released) | StockReserved, StockReleased',
        'committed, 8 free, 0 reserved, 2 sold | reserve_stock succeeded, commit_stock succeeded, undo reserve_stock dead (reservation-committed) | StockReserved, StockCommitted',
      ],
    },
    {
      moves: ['OrderCancelled customer', 'OrderConfirmed'],
      given: ['OrderPlaced'],
      never: 'confirmed or cancelled, never both',
      ends: [
        'held, 8 free, 2 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, commit_stock dead (reservation-held) | StockReserved',
        'committed, 8 free, 0 reserved, 2 sold | reserve_stock succeeded, commit_stock succeeded, undo reserve_stock dead (reservation-committed) | StockReserved, StockCommitted',
      ],
    },
    {
      moves: ['HoldExpired', 'OrderConfirmed'],
      given: ['OrderPlaced', 'OrderCancelled customer'],
      never: 'confirmed or cancelled, never both',
      ends: [
        'released, 10 free, 0 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, release_held_stock succeeded, commit_stock dead (reservation-released) | StockReserved, StockReleased',
        'held, 8 free, 2 reserved, 0 sold | reserve_stock succeeded, undo reserve_stock succeeded, commit_stock dead (reservation-held) | StockReserved',
      ],
    },
  ],
  balance: [
    {
      moves: ['OrderCancelled customer', 'StockReserved'],
      given: [],
      ends: [
        'no debit, 10000 left | deduct_balance skipped, undo deduct_balance succeeded | BalanceRefunded',
        'paid back, 10000 left | deduct_balance succeeded, undo deduct_balance succeeded | BalanceDeducted, BalanceRefunded',
      ],
    },
    {
      moves: ['RefundRequested', 'StockReserved'],
      given: [],
      never: 'only what was paid is refunded',
      ends: [
        'no debit, 10000 left | deduct_balance skipped, undo deduct_balance succeeded | BalanceRefunded',
        'paid back, 10000 left | deduct_balance succeeded, undo deduct_balance succeeded | BalanceDeducted, BalanceRefunded',
      ],
    },
    {
      moves: ['OrderCancelled customer', 'RefundRequested'],
      given: ['StockReserved'],
      never: 'refunded or cancelled, never both',
      ends: [
        'paid back, 10000 left | deduct_balance succeeded, undo deduct_balance succeeded | BalanceDeducted, BalanceRefunded',
        'paid back, 10000 left | deduct_balance succeeded, undo deduct_balance succeeded | BalanceDeducted, BalanceRefunded',
      ],
    },
  ],
  notification: [
    {
      moves: ['OrderConfirmed', 'OrderRefunded'],
      given: [],
      never: 'refunded after it was confirmed, on one topic',
      ends: [
        'mails: confirmed, refunded | notify_confirmed succeeded, notify_refunded succeeded | NotificationSent, NotificationSent',
        'mails: confirmed, refunded | notify_refunded succeeded, notify_confirmed succeeded | NotificationSent, NotificationSent',
      ],
    },
    {
      moves: ['OrderCancelled customer', 'OrderConfirmed'],
      given: [],
      never: 'confirmed or cancelled, never both',
      ends: [
        'mails: cancelled, confirmed | notify_cancelled succeeded, notify_confirmed succeeded | NotificationSent, NotificationSent',
        'mails: cancelled, confirmed | notify_confirmed succeeded, notify_cancelled succeeded | NotificationSent, NotificationSent',
      ],
    },
    {
      moves: ['OrderCancelled customer', 'OrderRefunded'],
      given: [],
      never: 'refunded or cancelled, never both',
      ends: [
        'mails: cancelled, refunded | notify_cancelled succeeded, notify_refunded succeeded | NotificationSent, NotificationSent',
        'mails: cancelled, refunded | notify_refunded succeeded, notify_cancelled succeeded | NotificationSent, NotificationSent',
      ],
    },
  ],
}
