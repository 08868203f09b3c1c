/** Three participants of a small choreography, in memory: every message is one step, and any that is under way may be next. */
import type { AuditSource } from '../core/audit/audit-source.ts'
import type { Statement } from '../core/audit/figures.ts'
import { type ScriptedSource, sagaIdAt, scriptedSource, statement } from './audit-sources.fixture.ts'

export type Wish = 'nothing' | 'cancel' | 'refund'
interface Order {
  status: 'PENDING' | 'CONFIRMED' | 'CANCELLED' | 'REFUNDING' | 'REFUNDED'
  settledAtMs: number | null
  readonly told: Set<string>
}
/** Each side has its own row and decides on that alone. */
interface Sides {
  order: Order
  balance: { deducted: number; refunded: number; undone: boolean }
  inventory: { kept: number; sold: number; undone: boolean }
}

export const price = 500
const beganMs = Date.parse('2026-01-01T00:00:00Z')

export class SmallShop {
  readonly #sagas = new Map<string, Sides>()
  /** Under way: what happens when it arrives. */
  readonly #messages: (() => void)[] = []
  #nowMs = beganMs

  get now(): Date {
    return new Date(this.#nowMs)
  }
  get sagaIds(): string[] {
    return [...this.#sagas.keys()]
  }

  /** A customer's request; its wish is a message as well, and comes whenever it comes. */
  place(wish: Wish): void {
    const sagaId = sagaIdAt(++this.#nowMs, this.#sagas.size)
    const saga: Sides = {
      order: { status: 'PENDING', settledAtMs: null, told: new Set() },
      balance: { deducted: 0, refunded: 0, undone: false },
      inventory: { kept: 0, sold: 0, undone: false },
    }
    // Ids are drawn where the request comes in; the row is there only once its transaction has committed.
    this.#send(() => {
      this.#sagas.set(sagaId, saga)
      this.#send(() => this.#reserve(saga))
      if (wish === 'cancel') this.#send(() => this.#cancel(saga))
      if (wish === 'refund') this.#send(() => this.#askRefund(saga))
    })
  }

  /** One of the messages arrives. False when there is none. */
  step(choice: number): boolean {
    const [next] = this.#messages.splice(choice % Math.max(1, this.#messages.length), 1)
    this.#nowMs++
    next?.()
    return next !== undefined
  }
  runToEnd(): void {
    while (this.step(0));
  }

  /** What is wrong with a row, written past all handlers. */
  tamper(sagaId: string, change: (saga: Sides) => unknown): void {
    change(this.#sagas.get(sagaId)!)
  }

  /** `beforeRead` lets the shop go on between two pages. */
  sources(beforeRead: () => void): AuditSource[] {
    const source = (
      service: string,
      settles: boolean,
      families: string[],
      say: (saga: Sides) => Partial<Statement>,
    ) => {
      const made: ScriptedSource = scriptedSource(service, {
        ...{ settles, families },
        beforeRead: () => {
          beforeRead()
          for (const [sagaId, saga] of this.#sagas) made.sagas.set(sagaId, statement(sagaId, say(saga)))
        },
      })
      return made
    }
    return [
      source('order', true, ['deducted', 'refunded', 'kept', 'sold'], ({ order }) => orderSays(order)),
      source('balance', false, ['deducted', 'refunded'], ({ balance: { deducted, refunded } }) => ({
        figures: { deducted, refunded },
      })),
      source('inventory', false, ['kept', 'sold'], ({ inventory: { kept, sold } }) => ({ figures: { kept, sold } })),
    ]
  }

  #send(message: () => void): void {
    this.#messages.push(message)
  }

  // ---- inventory
  #reserve({ inventory, ...saga }: Sides): void {
    if (inventory.undone) return
    inventory.kept = 1
    this.#send(() => this.#deduct({ inventory, ...saga }))
  }
  #commit(saga: Sides): void {
    const { inventory } = saga
    if (inventory.undone) return
    Object.assign(inventory, { kept: 0, sold: 1 })
    this.#send(() => this.#tell(saga, 'committed'))
  }
  #giveBack(saga: Sides, answer: string): void {
    Object.assign(saga.inventory, { kept: 0, sold: 0, undone: true })
    this.#send(() => this.#tell(saga, answer))
  }

  // ---- balance
  #deduct(saga: Sides): void {
    const { balance } = saga
    if (balance.undone) return
    balance.deducted = price
    this.#send(() => this.#confirm(saga))
  }
  #payBack(saga: Sides, answer: string): void {
    Object.assign(saga.balance, { refunded: saga.balance.deducted, undone: true })
    this.#send(() => this.#tell(saga, `${answer} ${saga.balance.refunded}`))
    if (answer === 'refunded') this.#send(() => this.#giveBack(saga, 'returned'))
  }

  // ---- order
  #confirm(saga: Sides): void {
    if (saga.order.status !== 'PENDING') return
    saga.order.status = 'CONFIRMED'
    this.#send(() => this.#commit(saga))
  }
  #cancel(saga: Sides): void {
    if (saga.order.status !== 'PENDING') return
    saga.order.status = 'CANCELLED'
    this.#send(() => this.#payBack(saga, 'paid back'))
    this.#send(() => this.#giveBack(saga, 'released'))
  }
  /** Comes again until the order is confirmed, settled or not. */
  #askRefund(saga: Sides): void {
    const { order } = saga
    if (order.status === 'PENDING') return this.#send(() => this.#askRefund(saga))
    Object.assign(order, { status: 'REFUNDING', settledAtMs: null })
    this.#send(() => this.#payBack(saga, 'refunded'))
  }
  #tell({ order }: Sides, fact: string): void {
    order.told.add(fact)
    const facts = {
      CONFIRMED: ['committed'],
      CANCELLED: ['released', 'paid back'],
      REFUNDING: ['returned', 'refunded'],
    }
    const needed = facts[order.status as keyof typeof facts] ?? []
    if (needed.length === 0 || !needed.every(each => [...order.told].some(told => told.startsWith(each)))) return
    if (order.status === 'REFUNDING') order.status = 'REFUNDED'
    order.settledAtMs = this.#nowMs
  }
}

function orderSays({ status, settledAtMs, told }: Order): Partial<Statement> {
  const settledAt = settledAtMs === null ? null : new Date(settledAtMs).toISOString()
  const paidBack = [...told].find(fact => fact.startsWith('paid back'))?.split(' ')[2]
  const figures = {
    PENDING: {},
    CONFIRMED: { deducted: price, refunded: 0, ...(settledAt && { sold: 1 }) },
    CANCELLED: {
      ...(paidBack && { deducted: Number(paidBack), refunded: Number(paidBack) }),
      ...(told.has('released') && { kept: 0, sold: 0 }),
    },
    REFUNDING: { deducted: price },
    REFUNDED: { deducted: price, refunded: price },
  }[status]
  return { ending: status, settledAt, figures }
}
