import type { ClientBase } from 'pg'
import { sagaBeganMs } from 'saga-kit/observing'
import { columnsBy, recordset } from 'saga-kit/parts'

/** A saga as it is counted: null for one that is not there yet, or no more. */
export interface Change {
  readonly sagaId: string
  readonly from: Counted | null
  readonly to: Counted | null
}
interface Counted {
  readonly state: string
  readonly ending: string | null
}
interface Kind {
  readonly minute: Date
  readonly state: string
  readonly ending: string
  readonly n: number
}

const rows = recordset(
  columnsBy<Kind>({
    'minute timestamp with time zone': r => r.minute,
    'state text': r => r.state,
    'ending text': r => r.ending,
    'n integer': r => r.n,
  }),
  { storable: true },
)
const upsert = {
  name: 'count-sagas',
  text: `insert into saga_counts as c (minute, state, ending, n) select ${rows.select} from ${rows.from} order by minute, state, ending
    on conflict (minute, state, ending) do update set n = c.n + excluded.n`,
}

/** Last in a transaction: its rows are everybody's. In their order, so that transactions do not lock each other out. */
export async function countSagas(client: ClientBase, changes: readonly Change[]): Promise<void> {
  const kinds = kindsOf(changes)
  if (kinds.length > 0) await client.query({ ...upsert, values: rows.values(kinds) })
}

export function kindsOf(changes: readonly Change[]): Kind[] {
  const kinds = new Map<string, Kind>()
  const add = (sagaId: string, counted: Counted | null, n: number) => {
    if (!counted) return
    const minuteMs = sagaBeganMs(sagaId) - (sagaBeganMs(sagaId) % 60_000)
    const { state, ending } = counted
    const key = `${minuteMs} ${state} ${ending ?? ''}`
    const before = kinds.get(key)?.n ?? 0
    kinds.set(key, { minute: new Date(minuteMs), state, ending: ending ?? '', n: before + n })
  }
  for (const { sagaId, from, to } of changes) {
    add(sagaId, from, -1)
    add(sagaId, to, 1)
  }
  return [...kinds.values()].filter(({ n }) => n !== 0)
}
