import { PermanentError } from '../errors.ts'
import type { View } from '../states.ts'

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

export interface OpenViews {
  readonly views: Readonly<Record<string, View<Row>>>
  readonly touched: boolean
  /** Makes the puts visible to the messages behind and to the save. Without it they are dropped. */
  keep(): void
}

/** The views of one message. Its puts stay its own until `keep`, so that a handler that throws spoils only itself (rule 7). */
export function openViews(grants: readonly Grant[]): OpenViews {
  const puts: { grant: Grant; key: string; row: Row | undefined }[] = []
  const views: Record<string, View<Row>> = {}
  for (const grant of grants) {
    const own = new Map<string, Row | undefined>()
    const check = (key: string, verb: string) => {
      if (grant.keys.includes(key)) return
      throw new PermanentError(
        'undeclared-key',
        `${verb} ${grant.table.name}[${key}]: the reaction's \`reads\` names only ${grant.keys.join(', ') || 'no key'}; add it there, so that it is locked`,
      )
    }
    const write = (key: string, row: Row | undefined, verb: string) => {
      check(key, verb)
      if (grant.access === 'look-up')
        throw new PermanentError(
          'look-up-written',
          `${verb} ${grant.table.name}[${key}]: the table is only looked up here; use \`reads\` to write it`,
        )
      own.set(key, row)
      puts.push({ grant, key, row })
    }
    views[grant.table.name] = {
      get: key => {
        check(key, 'get')
        return own.has(key) ? own.get(key) : grant.table.current.get(key)
      },
      put: row => write(String(row[grant.table.key]), Object.freeze({ ...row }), 'put'),
      delete: key => write(key, undefined, 'delete'),
    }
  }
  return {
    views,
    get touched() {
      return puts.length > 0
    },
    keep() {
      for (const { grant, key, row } of puts) grant.table.current.set(key, row)
    },
  }
}
