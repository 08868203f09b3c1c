/**
 * A participant that the protocol's tests share: a ledger that opens on Opened, pays on Paid and gives back on Undone.
 * What its handlers do beyond that, a test sets per saga in `behaviour`.
 */
import {
  accept,
  after,
  cancel,
  command,
  type Event,
  event,
  PermanentError,
  participant,
  refuse,
  refused,
  reject,
  state,
  succeed,
  timer,
} from '../kit.ts'

type Fields = { readonly sagaId: string; readonly account: string; readonly amount: number }
export const schemaOf = (name: string, topic: string) => ({
  fullName: `test.${name}`,
  topic,
  sagaField: 'sagaId',
  avro: {
    type: 'record' as const,
    name,
    namespace: 'test',
    fields: [
      { name: 'sagaId', type: 'string' },
      { name: 'account', type: 'string' },
      { name: 'amount', type: 'long' },
    ],
  } as never,
})
export type Paid = Event<'Paid', Fields>
export type Undone = Event<'Undone', Fields>
export type Noted = Event<'Noted', Fields>
export type NotedToo = Event<'NotedToo', Fields>
export type Done = Event<'Done', Fields>
export type GivenBack = Event<'GivenBack', Fields>
/** Pays: action `pay`. */
export const Paid = event<Paid>(schemaOf('Paid', 'source.events.v1'))
/** Takes it back: compensation of `pay`. */
export const Undone = event<Undone>(schemaOf('Undone', 'source.events.v1'))
/** Action `note`. */
export const Noted = event<Noted>(schemaOf('Noted', 'source.events.v1'))
/** Also action `note`: a second event for one step. */
export const NotedToo = event<NotedToo>(schemaOf('NotedToo', 'source.events.v1'))
export const Done = event<Done>(schemaOf('Done', 'ledger.events.v1'))
export const GivenBack = event<GivenBack>(schemaOf('GivenBack', 'ledger.events.v1'))
export const Alarm = timer<{ account: string }>()('Alarm')
export const Begin = command<{ sagaId: string; account: string; amount: number }, { balance: number }>()('Begin', {
  saga: c => c.sagaId,
  opens: true,
})
export const Poke = command<{ sagaId: string; account: string }, { ok: true }>()('Poke', { saga: c => c.sagaId })
export const TopUp = command<{ account: string; amount: number }, { balance: number }>()('TopUp', { saga: 'none' })

export interface Account {
  readonly account: string
  readonly balance: number
}
export interface Payment {
  readonly sagaId: string
  readonly account: string
  readonly amount: number
}

/** What a handler does instead of its work, by `<step>/<saga id>` or `<step>`; called each time it runs. */
export const behaviour = new Map<string, (message: any, context: { now: Date; sagaId: string }) => any>()
const instead = (step: string, message: any, context: { now: Date; sagaId: string }) =>
  (behaviour.get(`${step}/${context.sagaId}`) ?? behaviour.get(step))?.(message, context)

const states = {
  payments: state<Payment>()({ table: 'payments', key: 'sagaId' }),
  accounts: state<Account>()({ table: 'accounts', key: 'account' }),
}

export const ledger = participant({ service: 'ledger', states, settings: {} }, ({ on }) => [
  on(Paid)
    .reads('payments', e => [e.sagaId])
    .reads('accounts', e => [e.account])
    .action('pay', {
      emits: [Done, Alarm],
      run: (e, { payments, accounts }, c) => {
        const other = instead('pay', e, c)
        if (other) return other
        if (payments.get(e.sagaId)) throw new PermanentError('paid-twice', 'the fence let a second payment through')
        const account = accounts.get(e.account) ?? { account: e.account, balance: 0 }
        accounts.put({ ...account, balance: account.balance + e.amount })
        payments.put({ sagaId: e.sagaId, account: e.account, amount: e.amount })
        return succeed(Done({ sagaId: e.sagaId, account: e.account, amount: e.amount }))
      },
    }),
  on(Undone)
    .reads('payments', e => [e.sagaId])
    .reads('accounts', (e, { payments }) => [payments.get(e.sagaId)?.account ?? e.account])
    .compensates('pay', {
      emits: [GivenBack],
      run: (e, { payments, accounts }, c) => {
        const other = instead('undo pay', e, c)
        if (other) return other
        const payment = payments.get(e.sagaId)
        const account = payment && accounts.get(payment.account)
        if (!payment || !account)
          throw new PermanentError('nothing-paid', 'the fence says that it was paid, but there is no payment')
        accounts.put({ ...account, balance: account.balance - payment.amount })
        payments.delete(e.sagaId)
        return succeed(GivenBack({ sagaId: e.sagaId, account: e.account, amount: payment.amount }))
      },
      otherwise: e => succeed(GivenBack({ sagaId: e.sagaId, account: e.account, amount: 0 })),
    }),
  on(Noted).action('note', {
    emits: [Done, Alarm],
    run: (e, _s, c) => instead('note', e, c) ?? succeed(after(60_000, Alarm, { account: e.account })),
  }),
  on(NotedToo).action('note', {
    emits: [Done, Alarm],
    run: (e, _s, c) => instead('note', e, c) ?? succeed(cancel(Alarm)),
  }),
  on(Alarm).action('ring', {
    emits: [Done, Alarm],
    run: (t, _s, c) => instead('ring', t, c) ?? succeed(Done({ sagaId: t.sagaId, account: t.account, amount: 0 })),
  }),
  on(Begin)
    .reads('accounts', c => [c.account])
    .action('begin', {
      emits: [Done],
      answeredBy: [Paid],
      run: (c, { accounts }, x) => {
        const other = instead('begin', c, x)
        if (other) return other
        const account = accounts.get(c.account) ?? { account: c.account, balance: 0 }
        accounts.put({ ...account, balance: account.balance + c.amount })
        return accept(
          { balance: account.balance + c.amount },
          Done({ sagaId: c.sagaId, account: c.account, amount: c.amount }),
        )
      },
    }),
  on(Poke).action('poke', {
    emits: [Done],
    run: (c, _s, x) => instead('poke', c, x) ?? refuse(409, 'not-now', 'there is nothing to poke'),
  }),
  on(TopUp)
    .reads('accounts', c => [c.account])
    .local((c, { accounts }) => {
      const account = accounts.get(c.account) ?? { account: c.account, balance: 0 }
      accounts.put({ ...account, balance: account.balance + c.amount })
      return accept({ balance: account.balance + c.amount })
    }),
])

export const ledgerTables = `
  create table payments (saga_id uuid primary key, account text not null, amount bigint not null);
  create table accounts (account text primary key, balance bigint not null check (balance >= 0));
`
export { refused, reject }
