import type { ClientBase } from 'pg'
import { columnsBy, recordset } from 'saga-kit/parts'

export interface Attribute {
  readonly sagaId: string
  readonly name: string
  readonly value: string
}
const rows = recordset(
  columnsBy<Attribute>({ 'name text': r => r.name, 'value text': r => r.value, 'saga_id uuid': r => r.sagaId }),
  { storable: true },
)
/** In their order, so that two instances that meet the same new sagas do not lock each other out. */
const insert = {
  name: 'insert-attributes',
  text: `insert into saga_attributes (name, value, saga_id) select ${rows.select} from ${rows.from} order by 1, 2, 3 on conflict do nothing`,
}

export async function saveAttributes(client: ClientBase, attributes: readonly Attribute[]): Promise<void> {
  if (attributes.length > 0) await client.query({ ...insert, values: rows.values(attributes) })
}
