/** What the types must refuse: each line below an @ts-expect-error is a mistake that somebody will make. Compiled, never run. */
import {
  accept,
  after,
  auditOf,
  cancel,
  command,
  durationMs,
  type Event,
  type EventType,
  figure,
  participant,
  posting,
  refused,
  reject,
  setting,
  state,
  succeed,
  timer,
} from './kit.ts'

type OrderEvent<N extends string, F = object> = Event<N, F & { readonly orderId: string }>
declare const StockReserved: EventType<OrderEvent<'StockReserved', { readonly customerId: string }>>
declare const StockReturned: EventType<OrderEvent<'StockReturned', { readonly lines: readonly string[] }>>
declare const OrderCancelled: EventType<OrderEvent<'OrderCancelled'>>
declare const BalanceDeducted: EventType<OrderEvent<'BalanceDeducted'>>
declare const BalanceRefunded: EventType<
  OrderEvent<'BalanceRefunded', { readonly amountMinor: number; readonly cause: string }>
>
const T = timer<{ a: string }>()('T'),
  U = timer()('U')
const Cmd = command<{ orderId: string }, { ok: true }>()('Cmd', { saga: c => c.orderId })
const states = {
  debits: state<{ orderId: string; customerId: string }>()({ table: 'd', key: 'orderId' }),
  accounts: state<{ customerId: string; n: number }>()({ table: 'a', key: 'customerId' }),
}
participant(
  { service: 'x', states, settings: { delayMs: setting({ env: 'DELAY', type: durationMs, description: 'how long' }) } },
  ({ on }) => [
    on(StockReserved).action('a1', {
      emits: [BalanceDeducted],
      // @ts-expect-error undeclared event
      run: e => succeed(StockReturned({ orderId: e.orderId, lines: [] })),
    }),
    on(StockReserved).action('r1', {
      emits: [],
      rejects: [BalanceDeducted],
      // @ts-expect-error an event that says no is no success
      run: e => succeed(BalanceDeducted({ orderId: e.orderId })),
    }),
    on(StockReserved).action('r2', {
      emits: [BalanceDeducted],
      // @ts-expect-error an event of success says no
      run: e => reject('no', BalanceDeducted({ orderId: e.orderId })),
    }),
    // @ts-expect-error cancels a timer that is not declared
    on(StockReserved).action('r4', { emits: [], run: () => succeed(cancel(T)) }),
    // @ts-expect-error sets a timer that it only cancels
    on(StockReserved).action('r3', { emits: [], cancels: [T], run: () => succeed(after(1, T, { a: '' })) }),
    // @ts-expect-error undeclared timer
    on(StockReserved).action('a2', { emits: [BalanceDeducted, T], run: () => succeed(after(1, U, {})) }),
    // @ts-expect-error wrong timer data
    on(StockReserved).action('a3', { emits: [T], run: () => succeed(after(1, T, { b: 1 })) }),
    on(StockReserved)
      // @ts-expect-error undeclared state
      .reads('reservations', e => [e.orderId])
      .action('a4', { emits: [], run: () => succeed() }),
    on(StockReserved)
      .reads('debits', e => [e.orderId])
      .action('a5', {
        emits: [],
        run: (_e, s) => {
          // @ts-expect-error state declared but not read
          s.accounts.get('x')
          return succeed()
        },
      }),
    on(StockReserved)
      // @ts-expect-error a later reads cannot be seen by an earlier one
      .reads('debits', (_e, l) => [l.accounts.get('x')!.customerId])
      .action('a6', { emits: [], run: () => succeed() }),
    // @ts-expect-error a command must answer
    on(Cmd).action('a7', { emits: [], run: () => succeed() }),
    // @ts-expect-error an event has nobody to answer
    on(StockReserved).action('a8', { emits: [], run: () => accept({ ok: true }) as never as { x: 1 } }),
    // @ts-expect-error unknown setting
    on(StockReserved).action('a9', { emits: [], run: (_e, _s, c) => reject(String(c.settings.delay)) }),
    // @ts-expect-error a compensation cannot be refused
    on(StockReserved).compensates('a1', { emits: [], run: () => refused('no'), otherwise: () => succeed() }),
    on(StockReserved)
      .reads('accounts', e => [e.customerId])
      .action('a10', {
        emits: [],
        run: (e, s) => {
          // @ts-expect-error put of a row that is not the table's
          s.accounts.put({ customerId: e.customerId })
          return succeed()
        },
      }),
    on(StockReserved)
      .looksUp('accounts', e => [e.customerId])
      .action('a11', {
        emits: [],
        run: (e, s) => {
          // @ts-expect-error a table that is only looked up is not written
          s.accounts.put({ customerId: e.customerId, n: 1 })
          return succeed()
        },
      }),
  ],
)
participant({ service: 'y', states, settings: {} }, ({ on }) => [
  // @ts-expect-error compensation of a step nobody runs
  on(OrderCancelled).compensates('deduct_balanec', {
    emits: [BalanceRefunded],
    run: e => succeed(BalanceRefunded({ orderId: e.orderId, amountMinor: 0, cause: 'order-cancelled' })),
    otherwise: () => succeed(),
  }),
])

auditOf(states, {
  figures: ['paid', 'kept'],
  settles: {
    // @ts-expect-error one that settles says how the saga ended
    debits: () => ({ settledAt: null, figures: [figure('paid', 'EUR', 1)] }),
  },
  says: {
    // @ts-expect-error a family that is not declared
    debits: () => [figure('payed', 'EUR', 1)],
  },
  books: {
    // @ts-expect-error a field that the row does not have
    accounts: ({ customerId, balance }) => [posting('money', customerId, 'balance', balance)],
    // @ts-expect-error a posting names its account
    debits: () => [posting('money', 'balance', 1)],
  },
})
// @ts-expect-error a table that is none of its states
auditOf(states, { figures: ['kept'], says: { reservations: () => [figure('kept', 'lamp', 1)] } })
// @ts-expect-error a family that nobody declares
auditOf(states, { says: { debits: () => [figure('paid', 'EUR', 1)] } })
const others = { debits: state<{ debitId: number }>()({ table: 'd', key: 'debitId' }) }
participant(
  // @ts-expect-error the audit of somebody else's rows
  { service: 'z', states, settings: {}, audit: auditOf(others, { books: { debits: () => [] } }) },
  () => [],
)
