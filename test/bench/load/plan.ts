import type { Goods } from '../ground/goods.ts'

/** What the orders of a load are. */
export type Blend = 'plain' | 'mix' | 'one-sku' | 'one-customer'

/** How they come: so many under way at all times, or so many a second whatever becomes of them. */
export type Arrival =
  | { readonly loop: 'closed'; readonly together: number }
  | { readonly loop: 'open'; readonly perSecond: number }

/** How orders get in. */
export interface Door {
  readonly path: string
  /** The shop draws an order's id and answers with it; a peer is given one. */
  readonly ids: 'drawn' | 'given'
  /** What an answer says: that the order is taken, or that it is settled. */
  readonly answers: 'taken' | 'settled'
}

/** What the load's process is told to do. */
export interface LoadPlan {
  readonly orderUrls: readonly string[]
  readonly door: Door
  /** Where the orders are: there a closed loop sees what is still under way, unless the answer says when an order is settled. */
  readonly ordersUrl: string
  readonly goods: Goods
  readonly blend: Blend
  readonly arrival: Arrival
  /** Orders in a request; with 1 it is POST /orders, else POST /orders/batch. */
  readonly perPost: number
  /** Requests under way at most; usually as many as a load balancer in front of a service would have. */
  readonly connections?: number
  /** Before the window of measurement, and the window itself. */
  readonly rampMs: number
  readonly windowMs: number
}

/** How an order is meant to end; how it does depends on who is quicker. */
export type Wish = 'confirmed' | 'rejected' | 'cancelled' | 'refunded'

/** One that was answered 202. */
export interface Placed {
  readonly orderId: string
  /** When it should have been sent, in milliseconds of this machine's clock. */
  readonly intendedMs: number
  readonly wish: Wish
}

export interface Loaded {
  readonly placed: readonly Placed[]
  /** When those should have been sent that were turned away, not answered, or still waited for a connection at an open loop's end. */
  readonly refusedMs: readonly number[]
  /** Requests by their answer: `POST /orders/batch 200`, or an order's place in a batch: `order 503`. */
  readonly answers: Readonly<Record<string, number>>
}

/** After its plan the load is told when its parent has looked at what a window has cost: it goes on until then. */
export type ToLoad = { readonly plan: LoadPlan } | { readonly looked: true }
export type FromLoad =
  | { readonly said: 'watching'; readonly backendPid: number }
  | { readonly said: 'window-opens' }
  | { readonly said: 'window-closes' }
  | { readonly said: 'done'; readonly loaded: Loaded }
