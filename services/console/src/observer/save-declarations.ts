import type { ClientBase } from 'pg'
import { declarationIn } from 'saga-kit/operating'
import { storableJson, storableText } from 'saga-kit/parts'

export interface DeclarationRecord {
  readonly service: string
  /** Null when the service is no more. */
  readonly value: Buffer | null
}

/** The last of each service stands. */
export async function saveDeclarations(client: ClientBase, records: readonly DeclarationRecord[]): Promise<void> {
  for (const { service, value } of new Map(records.map(record => [record.service, record])).values()) {
    if (value === null) {
      await client.query('delete from declarations where service = $1', [service])
      continue
    }
    const { json, fault } = read(service, value)
    await client.query(
      `insert into declarations (service, declaration, fault, seen_at) values ($1, $2, $3, now())
       on conflict (service) do update set declaration = excluded.declaration, fault = excluded.fault, seen_at = excluded.seen_at`,
      [service, json, fault],
    )
  }
}

function read(service: string, value: Buffer): { json: string | null; fault: string | null } {
  let json: unknown
  try {
    json = JSON.parse(value.toString())
  } catch {
    return { json: null, fault: 'declares what is no JSON' }
  }
  const { declared, why } = declarationIn(service, json)
  return declared ? { json: storableJson(json), fault: null } : { json: null, fault: storableText(why) }
}
