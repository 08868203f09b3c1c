import { PermanentError } from '../errors.ts'
import type { View } from '../states.ts'
import type { Image } from './images.ts'

export type Row = Readonly<Record<string, unknown>>

/** The rows of one state table that a transaction has loaded (absent ones as undefined), with what the batch has put since. */
export interface LoadedTable {
  readonly name: string
  /** The field a row is loaded, locked and saved by. */
  readonly key: string
  readonly atLoad: ReadonlyMap<string, Row | undefined>
  /** Keys that were read without a lock: nothing may be decided on them that is then written (rule 5). */
  readonly unlocked: ReadonlySet<string>
  readonly current: Map<string, Row | undefined>
}

export function loadedTable(
  name: string,
  key: string,
  rows: ReadonlyMap<string, Row | undefined>,
  unlocked: ReadonlySet<string> = new Set(),
): LoadedTable {
  return { name, key, atLoad: rows, unlocked, current: new Map(rows) }
}

/** What one reaction may see: the keys that its `reads` and `looksUp` named. */
export interface Grant {
  readonly table: LoadedTable
  readonly access: 'lock' | 'look-up'
  /** The few that its message names. */
  readonly keys: readonly string[]
}

/** The views of one message. Its puts stay its own until `keep`, so that a handler that throws spoils only itself (rule 7). */
export class OpenViews {
  readonly views: Readonly<Record<string, View<Row>>>
  readonly #all: readonly OpenView[]

  constructor(grants: readonly Grant[]) {
    const views: Record<string, View<Row>> = {}
    this.#all = grants.map(grant => {
      const view = new OpenView(grant)
      views[grant.table.name] = view
      return view
    })
    this.views = views
  }

  get touched(): boolean {
    return this.#all.some(view => view.touched)
  }
  /** What the puts change of the rows with this key, as long as they are not kept. */
  changesOf(key: string): Omit<Image, 'at'>[] {
    return this.#all.flatMap(view => view.changeOf(key) ?? [])
  }
  /** Makes the puts visible to the messages behind and to the save. Without it they are dropped. */
  keep(): void {
    for (const view of this.#all) view.keep()
  }
}

export function openViews(grants: readonly Grant[]): OpenViews {
  return grants.length === 0 ? nothing : new OpenViews(grants)
}

const nothing = new OpenViews([])
Object.freeze(nothing.views)

/** What one message sees of a table, and has put there. One for each table that a message reads: its methods are shared. */
class OpenView implements View<Row> {
  readonly #grant: Grant
  #puts: Map<string, Row | undefined> | undefined

  constructor(grant: Grant) {
    this.#grant = grant
  }

  get(key: string): Row | undefined {
    this.#check(key, 'get')
    return this.#puts?.has(key) ? this.#puts.get(key) : this.#grant.table.current.get(key)
  }
  put(row: Row): void {
    this.#write(String(row[this.#grant.table.key]), Object.freeze({ ...row }), 'put')
  }
  delete(key: string): void {
    this.#write(key, undefined, 'delete')
  }

  get touched(): boolean {
    return this.#puts !== undefined
  }
  changeOf(key: string): Omit<Image, 'at'> | undefined {
    if (!this.#puts?.has(key)) return undefined
    const { name: table, current } = this.#grant.table
    const before = current.get(key) ?? null
    const after = this.#puts.get(key) ?? null
    return before === after ? undefined : { table, before, after }
  }
  keep(): void {
    if (!this.#puts) return
    const { current } = this.#grant.table
    this.#puts.forEach((row, key) => void current.set(key, row))
  }

  #write(key: string, row: Row | undefined, verb: string): void {
    this.#check(key, verb)
    const { access, table } = this.#grant
    if (access === 'look-up')
      throw new PermanentError(
        'look-up-written',
        `${verb} ${table.name}[${key}]: the table is only looked up here; use \`reads\` to write it`,
      )
    this.#puts ??= new Map()
    this.#puts.set(key, row)
  }
  #check(key: string, verb: string): void {
    const { keys, table } = this.#grant
    if (keys.includes(key)) return
    throw new PermanentError(
      'undeclared-key',
      `${verb} ${table.name}[${key}]: the reaction's \`reads\` names only ${keys.join(', ') || 'no key'}; add it there, so that it is locked`,
    )
  }
}
