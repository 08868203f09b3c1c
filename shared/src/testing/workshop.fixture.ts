/** A second participant of the protocol's tests: keys that a batch's own puts bring up, an outside call, and SQL of its own. */
import { type Event, event, participant, reject, state, succeed } from '../kit.ts'
import type { Outcome } from '../outcomes.ts'
import type { Tx } from '../reaction.ts'
import { type Account, Done, GivenBack, schemaOf } from './participant.fixture.ts'

type Fields = { readonly sagaId: string; readonly account: string; readonly amount: number }
export type Pointed = Event<'Pointed', Fields>
export type Followed = Event<'Followed', Fields>
export type Peeked = Event<'Peeked', Fields>
export type Charged = Event<'Charged', Fields>
export type Uncharged = Event<'Uncharged', Fields>
export type Wrote = Event<'Wrote', Fields>
/** Makes the saga's pointer point to the account. */
export const Pointed = event<Pointed>(schemaOf('Pointed', 'source.events.v1'))
/** Adds to the account to which the saga's pointer points; rejects when there is none. */
export const Followed = event<Followed>(schemaOf('Followed', 'source.events.v1'))
/** Only looks the account up. */
export const Peeked = event<Peeked>(schemaOf('Peeked', 'source.events.v1'))
/** Effect `charge`. */
export const Charged = event<Charged>(schemaOf('Charged', 'source.events.v1'))
/** Compensation of `charge`. */
export const Uncharged = event<Uncharged>(schemaOf('Uncharged', 'source.events.v1'))
/** Handler `write`, with SQL of its own. */
export const Wrote = event<Wrote>(schemaOf('Wrote', 'source.events.v1'))

interface Pointer {
  readonly sagaId: string
  readonly account: string
}

/** What the sql handler does, by saga id. */
export const sqlBehaviour = new Map<string, (event: Wrote, tx: Tx) => Promise<Outcome<Done>>>()
/** What `intend` and `record` do instead, by saga id. */
export const effectBehaviour = new Map<string, { intend?: () => never; record?: () => never }>()

const states = {
  pointers: state<Pointer>()({ table: 'pointers', key: 'sagaId' }),
  accounts: state<Account>()({ table: 'accounts', key: 'account' }),
}

export const workshop = participant({ service: 'workshop', states, settings: {} }, ({ on }) => [
  on(Pointed)
    .reads('pointers', e => [e.sagaId])
    .action('point', {
      emits: [Done],
      run: (e, { pointers }) => {
        pointers.put({ sagaId: e.sagaId, account: e.account })
        return succeed()
      },
    }),
  on(Followed)
    .reads('pointers', e => [e.sagaId])
    .reads('accounts', (e, { pointers }) => [pointers.get(e.sagaId)?.account ?? e.account])
    .action('follow', {
      emits: [Done],
      run: (e, { pointers, accounts }) => {
        const account = accounts.get(pointers.get(e.sagaId)?.account ?? e.account)
        if (!account) return reject('unknown-account')
        accounts.put({ ...account, balance: account.balance + e.amount })
        return succeed(Done({ sagaId: e.sagaId, account: account.account, amount: e.amount }))
      },
    }),
  on(Peeked)
    .looksUp('accounts', e => [e.account])
    .action('peek', { emits: [Done], run: () => succeed() }),
  on(Charged)
    .reads('accounts', e => [e.account])
    .effect('charge', {
      emits: [Done],
      timeoutMs: 10,
      intend: e => {
        effectBehaviour.get(e.sagaId)?.intend?.()
        return { request: { account: e.account, amount: e.amount } }
      },
      call: async request => request.amount,
      record: (e, response: number, { accounts }) => {
        effectBehaviour.get(e.sagaId)?.record?.()
        const account = accounts.get(e.account) ?? { account: e.account, balance: 0 }
        accounts.put({ ...account, balance: account.balance + response })
        return succeed(Done({ sagaId: e.sagaId, account: e.account, amount: response }))
      },
    }),
  on(Uncharged)
    .reads('accounts', e => [e.account])
    .compensates('charge', {
      emits: [GivenBack],
      run: (e, { accounts }) => {
        const account = accounts.get(e.account)!
        accounts.put({ ...account, balance: account.balance - e.amount })
        return succeed(GivenBack({ sagaId: e.sagaId, account: e.account, amount: e.amount }))
      },
      otherwise: e => succeed(GivenBack({ sagaId: e.sagaId, account: e.account, amount: 0 })),
    }),
  on(Wrote).sql('write', {
    emits: [Done],
    run: async (e, tx) => {
      const other = sqlBehaviour.get(e.sagaId)
      if (other) return other(e, tx)
      await tx.query('insert into accounts values ($1, $2)', [e.account, e.amount])
      return succeed(Done({ sagaId: e.sagaId, account: e.account, amount: e.amount }))
    },
  }),
])

export const workshopTables = `
  create table pointers (saga_id uuid primary key, account text not null);
  create table accounts (account text primary key, balance bigint not null check (balance >= 0));
`
