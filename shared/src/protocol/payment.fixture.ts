/**
 * A participant that charges cards through a gateway outside, as a team would write it: each call is a step of its own. A
 * compensation is pure; where undoing needs a call too, it notes what is owed and sets a timer to now, in one transaction,
 * and an effect on that timer makes the call. That effect has a fence, a key and tries of its own.
 */
import { after, type Event, event, PermanentError, participant, reject, state, succeed, timer } from '../kit.ts'
import type { CallIo } from '../reaction.ts'
import { schemaOf } from '../testing/participant.fixture.ts'

type Fields = { readonly sagaId: string; readonly account: string; readonly amount: number }
export type Ordered = Event<'Ordered', Fields>
export type CalledOff = Event<'CalledOff', Fields>
export type Shipped = Event<'Shipped', Fields>
export type Charged = Event<'Charged', Fields>
export type ChargeDeclined = Event<'ChargeDeclined', Fields>
export type Refunded = Event<'Refunded', Fields>
/** Charges: effect `charge`. */
export const Ordered = event<Ordered>(schemaOf('Ordered', 'source.events.v1'))
/** Compensation of `charge`. */
export const CalledOff = event<CalledOff>(schemaOf('CalledOff', 'source.events.v1'))
/** Another effect, of another target. */
export const Shipped = event<Shipped>(schemaOf('Shipped', 'source.events.v1'))
export const Charged = event<Charged>(schemaOf('Charged', 'ledger.events.v1'))
export const ChargeDeclined = event<ChargeDeclined>(schemaOf('ChargeDeclined', 'ledger.events.v1'))
/** 0 when nothing had been charged. */
export const Refunded = event<Refunded>(schemaOf('Refunded', 'ledger.events.v1'))
const RefundDue = timer<{ chargeId: string; account: string; amount: number }>()('RefundDue')

/** What may go wrong for ever is answered; what is thrown is tried again, since nobody knows what became of it. */
export type ChargeAnswer = { readonly chargeId: string } | { readonly declined: string }
export interface Gateway {
  charge(request: { account: string; amount: number }, io: CallIo): Promise<ChargeAnswer>
  refund(request: { chargeId: string; amount: number }, io: CallIo): Promise<{ refundId: string }>
  /** Of another provider. */
  sendReceipt(request: { account: string }, io: CallIo): Promise<void>
}

interface Charge {
  readonly sagaId: string
  readonly chargeId: string
  readonly account: string
  readonly amount: number
  readonly refundId: string | null
}
const states = { charges: state<Charge>()({ table: 'charges', key: 'sagaId' }) }

export const payment = (gateway: Gateway, timeoutMs = 30_000) =>
  participant({ service: 'payment', states, settings: {} }, ({ on }) => [
    on(Ordered)
      .reads('charges', e => [e.sagaId])
      .effect('charge', {
        emits: [Charged],
        rejects: [ChargeDeclined],
        timeoutMs,
        intend: ({ account, amount }) => ({ request: { account, amount } }),
        call: (request, io) => gateway.charge(request, io),
        record: ({ sagaId, account, amount }, answer, { charges }) => {
          if ('declined' in answer) return reject(answer.declined, ChargeDeclined({ sagaId, account, amount }))
          charges.put({ sagaId, chargeId: answer.chargeId, account, amount, refundId: null })
          return succeed(Charged({ sagaId, account, amount }))
        },
      }),

    on(CalledOff)
      .reads('charges', e => [e.sagaId])
      .compensates('charge', {
        emits: [Refunded, RefundDue],
        run: ({ sagaId }, { charges }) => {
          const charge = charges.get(sagaId)
          if (!charge)
            throw new PermanentError('no-charge', 'the fence says that it was charged, but there is no charge')
          const { chargeId, account, amount } = charge
          return succeed(after(0, RefundDue, { chargeId, account, amount }))
        },
        otherwise: ({ sagaId, account }) => succeed(Refunded({ sagaId, account, amount: 0 })),
      }),
    on(RefundDue)
      .reads('charges', t => [t.sagaId])
      .effect('refund', {
        emits: [Refunded],
        undoneBy: 'never',
        timeoutMs,
        intend: ({ chargeId, amount }) => ({ request: { chargeId, amount } }),
        call: (request, io) => gateway.refund(request, io),
        record: ({ sagaId, account, amount }, { refundId }, { charges }) => {
          charges.put({ ...charges.get(sagaId)!, refundId })
          return succeed(Refunded({ sagaId, account, amount }))
        },
      }),

    on(Shipped).effect('send_receipt', {
      emits: [],
      undoneBy: 'never',
      timeoutMs: 60_000,
      intend: ({ account }) => ({ request: { account } }),
      call: (request, io) => gateway.sendReceipt(request, io),
      record: () => succeed(),
    }),
  ])

export const paymentTables = `
  create table charges (saga_id uuid primary key, charge_id text not null, account text not null, amount bigint not null, refund_id text);
`

/** The port to a gateway that speaks HTTP. What `fetch` throws when it gets no connection, the kit knows (rule 23). */
export function httpGateway(url: string): Gateway {
  const post = async (path: string, body: object, { idempotencyKey, signal }: CallIo) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey }
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body), signal })
    if (response.ok || response.status === 402) return (await response.json()) as any
    throw new Error(`the gateway answered ${response.status}`)
  }
  return {
    charge: (request, io) => post('/charges', request, io),
    refund: (request, io) => post('/refunds', request, io),
    sendReceipt: (request, io) => post('/receipts', request, io),
  }
}
