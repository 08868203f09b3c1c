/** What customers of a shop were told, be it simulated or real and under chaos: what was granted, and to whom. */
export interface Told {
  /** Orders that were taken, by the id that was answered. */
  readonly orders: ReadonlyMap<string, Basket>
  /** Orders whose customers were told that they are cancelled, or will be refunded. */
  readonly cancelled: ReadonlySet<string>
  readonly refunded: ReadonlySet<string>
  /** What came in: minor units by customer, pieces by sku. */
  readonly deposits: ReadonlyMap<string, number>
  readonly receipts: ReadonlyMap<string, number>
}
export interface Basket {
  readonly customerId: string
  readonly currency: string
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
}
