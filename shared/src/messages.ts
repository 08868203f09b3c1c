import type { Schema } from 'avsc'

/** A message is an event, a timer (an event to oneself, later) or a command. `type` tells them apart; the engine does not. */
export interface Message<
  N extends string = string,
  K extends 'event' | 'timer' | 'command' = 'event' | 'timer' | 'command',
> {
  readonly type: N
  readonly kind: K
}
export type Event<N extends string, F> = Message<N, 'event'> & Readonly<F>
export type Timer<N extends string, D> = Message<N, 'timer'> & Readonly<D> & { readonly sagaId: string }

/** Where an event lives: its Avro record, the topic of the service that publishes it, and the field that carries the saga id. */
export interface EventSchema {
  readonly avro: Schema
  /** Avro full name, e.g. `shop.balance.BalanceDeducted`; it is also ce_type. */
  readonly fullName: string
  /** Without the deployment's topic prefix, e.g. `balance.events.v1`. */
  readonly topic: string
  readonly sagaField: string
}

export interface EventType<E extends Message> {
  readonly type: E['type']
  readonly kind: 'event'
  readonly schema: EventSchema
  (fields: Omit<E, 'type' | 'kind'>): E
}
export interface TimerType<N extends string, D> {
  readonly type: N
  readonly kind: 'timer'
  /** Type only: the data that travels with the timer. */
  readonly data?: D
}
export interface CommandType<N extends string, C, A> {
  readonly type: N
  readonly kind: 'command'
  /** The saga that the command speaks to; 'none' for a `local` command. */
  readonly saga: ((command: C) => string) | 'none'
  /** True for the command that begins a saga; the others find no saga and refuse. */
  readonly opens: boolean
  /** Type only. */
  readonly answer?: A
}

/** Declares an event. A generator should write this, so that type and schema cannot drift apart; by hand, `conformance` encodes each event that a story publishes. */
export function event<E extends Message>(schema: EventSchema): EventType<E> {
  const type = schema.fullName.slice(schema.fullName.lastIndexOf('.') + 1)
  const make = (fields: Omit<E, 'type' | 'kind'>) => ({ ...fields, type, kind: 'event' })
  return Object.assign(make, { type, kind: 'event', schema }) as unknown as EventType<E>
}

/** Declares a durable timer: an event that a participant sends to itself, later. Its data is stored as JSON. */
export function timer<D = object>(): <const N extends string>(type: N) => TimerType<N, D> {
  return type => ({ type, kind: 'timer' })
}

/** Declares a command: `C` is its body, `A` the answer its handler gives. */
export function command<C, A>(): <const N extends string>(
  type: N,
  o: { readonly saga: ((command: C) => string) | 'none'; readonly opens?: boolean },
) => CommandType<N, C, A> {
  return (type, { saga, opens = false }) => ({ type, kind: 'command', saga, opens })
}
