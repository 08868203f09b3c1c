/** A state table. `row` gives the type, `key` the column (camelCase) that the engine loads, locks and saves by. */
export interface State<Row, K extends keyof Row & string = keyof Row & string> {
  readonly table: string
  readonly key: K
  /** Type only. */
  readonly row?: Row
}
export type States = Readonly<Record<string, State<any, any>>>
export type RowOf<S> = S extends State<infer Row, any> ? Row : never

/** Declares a state table of the service: camelCase fields of `Row` are the table's snake_case columns. */
export function state<Row>(): <const K extends keyof Row & string>(o: {
  readonly table: string
  readonly key: K
}) => State<Row, K> {
  return o => o
}

/** What a handler sees of a table. Reading a key that `reads` did not name throws `undeclared-key`: the engine could not have locked it. */
export interface View<Row> {
  get(key: string): Readonly<Row> | undefined
  put(row: Row): void
  delete(key: string): void
}
/** A table that is only looked up: read without a lock, never written. */
export type Lookup<Row> = Pick<View<Row>, 'get'>

export type Views<S extends States, K extends keyof S = keyof S> = { readonly [N in K]: View<RowOf<S[N]>> }
export type Lookups<S extends States, K extends keyof S = keyof S> = { readonly [N in K]: Lookup<RowOf<S[N]>> }
