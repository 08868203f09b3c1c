import type { Pool, PoolClient } from 'pg'
import type { FetchedRecord } from 'saga-kit/observing'
import { tellChange } from '../changes.ts'
import { attributesOf } from './attributes.ts'
import type { Decoder } from './decoder.ts'
import { inTransaction } from './in-transaction.ts'
import type { JudgedBy } from './judge.ts'
import { judgeSagas, type Seen } from './judge-sagas.ts'
import { lockSagas } from './load-sagas.ts'
import { type EventRecord, eventRecord, foreignRecord, letterRecord, type ObservedRecord } from './observed-record.ts'
import { saveAttributes } from './save-attributes.ts'
import { type DeclarationRecord, saveDeclarations } from './save-declarations.ts'
import { keyOf, type ReadEvent, saveEvents } from './save-events.ts'
import { saveForeign } from './save-foreign.ts'
import { saveLetters } from './save-letters.ts'

/** What a topic carries, and whose it is. */
export interface TopicRole {
  readonly carries: 'events' | 'letters' | 'declarations'
  readonly service: string
}

export interface RecordOptions {
  readonly pool: Pool
  readonly decoder: Decoder
  readonly topicPrefix: string
  readonly roleOf: (topic: string) => TopicRole | undefined
  readonly searchFields: readonly string[]
  readonly judgedBy: () => JudgedBy
  /** Called in the transaction, with all sagas that it touched and the keys of the events that are new. */
  readonly onSeen: (client: PoolClient, sagas: readonly Seen[], isNew: ReadonlySet<string>) => Promise<void>
}

/** What a transaction has added. */
export interface Recorded {
  readonly events: number
  readonly copies: number
  readonly undecodable: number
  readonly foreign: number
  readonly letters: number
  readonly declarations: number
  readonly sagaIds: readonly string[]
}

/** More than any saga has that is one. All of them are read each time that it is judged: somebody may publish without end under one id. */
const mostEvents = 5_000

/**
 * Whatever one fetch brought, in one transaction: what is new, and what it says of each saga. A repetition changes nothing.
 * @param before what else the transaction does, before all that
 */
export async function recordBatch(
  o: RecordOptions,
  records: readonly FetchedRecord[],
  before: (client: PoolClient) => Promise<void> = async () => {},
): Promise<Recorded> {
  await o.decoder.prepare(records.filter(record => o.roleOf(record.topic)?.carries === 'events').map(r => r.value))
  const { observed, declarations } = sort(records, o)
  const kinds = {
    events: observed.filter(record => record.kind === 'event').map(record => readEvent(record, o.decoder)),
    letters: observed.filter(record => record.kind === 'letter'),
    foreign: observed.filter(record => record.kind === 'foreign'),
  }
  return inTransaction(o.pool, async client => {
    await before(client)
    return save(client, o, { ...kinds, declarations })
  })
}

/** Of a batch that cannot be recorded for a record of it: the record alone, raw. */
export async function recordAsForeign(o: RecordOptions, record: FetchedRecord, why: string): Promise<void> {
  await inTransaction(o.pool, client => saveForeign(client, [foreignRecord(record, o.topicPrefix, why)]))
}

function sort(records: readonly FetchedRecord[], { roleOf, topicPrefix }: RecordOptions) {
  const observed: ObservedRecord[] = []
  const declarations: DeclarationRecord[] = []
  for (const record of records) {
    const role = roleOf(record.topic)
    if (role?.carries === 'declarations') declarations.push({ service: String(record.key), value: record.value })
    else if (role?.carries === 'letters') observed.push(letterRecord(record, topicPrefix, role.service))
    else observed.push(eventRecord(record, topicPrefix))
  }
  return { observed, declarations }
}

const readEvent = (record: EventRecord, decoder: Decoder): ReadEvent => ({ ...record, ...decoder.decode(record.body) })

const tooMany = ({ sagaId, topic, partition, offset, headers, body, at }: EventRecord): Kinds['foreign'] => ({
  ...{ kind: 'foreign', why: 'too-many-of-saga', topic, partition, offset, headers, body, at },
  key: Buffer.from(sagaId),
})

type Kinds = { [K in ObservedRecord['kind']]: Extract<ObservedRecord, { kind: K }> }
interface Sorted {
  readonly events: readonly ReadEvent[]
  readonly letters: readonly Kinds['letter'][]
  readonly foreign: readonly Kinds['foreign'][]
  readonly declarations: readonly DeclarationRecord[]
}

async function save(client: PoolClient, o: RecordOptions, sorted: Sorted): Promise<Recorded> {
  const { letters, declarations } = sorted
  const sagaIds = [...new Set([...sorted.events, ...letters].flatMap(({ sagaId }) => sagaId ?? []))].sort()
  const standing = await lockSagas(client, sagaIds)
  const isTooMany = ({ sagaId }: ReadEvent) => (standing.get(sagaId)?.events ?? 0) >= mostEvents
  const events = sorted.events.filter(event => !isTooMany(event))
  const foreign = [...sorted.foreign, ...sorted.events.filter(isTooMany).map(tooMany)]
  await saveDeclarations(client, declarations)
  await saveForeign(client, foreign)
  await saveLetters(client, letters)
  const isNew = await saveEvents(client, events)
  const attributes = attributesOfSagas(events, o.searchFields)
  await saveAttributes(
    client,
    [...attributes].flatMap(([sagaId, of]) => Object.entries(of).map(([name, value]) => ({ sagaId, name, value }))),
  )
  const seen = await judgeSagas(client, { ...o.judgedBy(), sagaIds, standing, attributes })
  await o.onSeen(client, seen, isNew)
  if (sagaIds.length > 0) await tellChange(client, { kind: 'sagas', sagaIds, more: false })
  if (letters.length > 0) await tellChange(client, { kind: 'letters' })
  if (declarations.length > 0) await tellChange(client, { kind: 'declarations' })
  return {
    ...{ events: isNew.size, copies: events.length - isNew.size, foreign: foreign.length, letters: letters.length },
    undecodable: events.filter(event => event.unread !== null && isNew.has(keyOf(event))).length,
    ...{ declarations: declarations.length, sagaIds },
  }
}

export function attributesOfSagas(
  events: readonly Pick<ReadEvent, 'sagaId' | 'event'>[],
  fields: readonly string[],
): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>()
  for (const { sagaId, event } of events)
    for (const [name, value] of attributesOf(event, fields)) {
      const of = found.get(sagaId)
      if (of) of[name] = value
      else found.set(sagaId, { [name]: value })
    }
  return found
}
