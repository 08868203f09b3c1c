import type { Decided } from '../../core/decision.ts'
import { textHeader } from '../../core/headers.ts'
import type { Row } from '../../core/views.ts'
import { PermanentError } from '../../errors.ts'
import { avroType } from '../../kafka/avro-type.ts'
import { FRAME_BYTES } from '../../kafka/wire.ts'
import { publishedBy } from '../../runtime/rules.ts'
import { booksOf } from '../books-of.ts'
import { createStage, type Stage, type StageOptions } from './stage.ts'
import type { Step } from './story.ts'

/** What a participant is left with: its rows, and the events that it has published, in their order. */
export interface Standing {
  readonly rows: Readonly<Record<string, readonly Row[]>>
  readonly events: readonly { readonly id: string; readonly type: string; readonly fields: unknown }[]
}

/** Plays messages one after another on a stage of their own. */
export async function play(o: StageOptions, steps: readonly Step[]): Promise<Stage> {
  const stage = await createStage(o)
  for (const step of steps) stage.take(step)
  return stage
}

export function standingOf({ participant }: StageOptions, { database }: Stage): Standing {
  const types = new Map(publishedBy(participant).map(({ schema }) => [schema.fullName, avroType(schema.avro)]))
  const tables = [...database.tables.keys()].map(name => [name, database.rows(name).toSorted(byText)])
  return {
    rows: Object.fromEntries(tables),
    events: [...database.outbox.values()]
      .filter(({ headers }) => !('dlq-id' in headers))
      .toSorted((a, b) => a.seq - b.seq || a.n - b.n)
      .map(({ headers, body }) => {
        const type = textHeader(headers, 'ce_type')!
        return {
          id: textHeader(headers, 'ce_id')!,
          type,
          fields: types.get(type)!.fromBuffer(body!.subarray(FRAME_BYTES)),
        }
      }),
  }
}
const byText = (a: Row, b: Row) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)

/** The same, for runs whose clocks differ: of a time it counts only that there is one. */
export function timeless({ rows, events }: Standing): Standing {
  const blur = (row: Row) =>
    Object.fromEntries(Object.entries(row).map(([field, value]) => [field, value instanceof Date ? 'a time' : value]))
  const blurred = Object.entries(rows).map(([table, all]) => [table, all.map(blur).toSorted(byText)])
  return { rows: Object.fromEntries(blurred), events }
}

/** What has gone wrong in itself, whatever it was played for: failed or dead messages, books that do not come out even. */
export function wrongIn(o: StageOptions, stage: Stage): string[] {
  return [...stage.decided.filter(isFailure).map(failureText), ...unevenBooks(o, stage)]
}

const unevenBooks = ({ participant }: StageOptions, { database }: Stage) => {
  const rows = Object.fromEntries([...database.tables.keys()].map(name => [name, database.rows(name)]))
  return booksOf(participant, rows).flatMap(({ book, violations }) =>
    violations.map(({ account }) => `its book ${book} does not come to 0 for ${account}`),
  )
}

/** What failed by a mistake, and not by a permanent error that the participant throws for it. */
export const mistakesIn = ({ decided }: Stage): string[] =>
  decided
    .filter(({ outcome }) => outcome === 'dead')
    .filter(({ error, code }) => !(error instanceof PermanentError) || code === 'encode-failed')
    .map(failureText)

/** Dead, or a command that came to nothing. */
const isFailure = ({ outcome, delivery: { origin } }: Decided) =>
  outcome === 'dead' || (origin.source === 'command' && (outcome === 'failed' || outcome === 'busy'))

export function failureText({ delivery, outcome, code, error }: Decided): string {
  const { reaction } = delivery
  const why = error instanceof Error ? `: ${error.message.slice(0, 200)}` : ''
  return `${operationOf(delivery)} on ${reaction.trigger.type} is ${outcome} (${code ?? 'no code'}${why})`
}

export const operationOf = ({ reaction: { step, direction } }: Pick<Decided['delivery'], 'reaction'>) =>
  direction === 'compensation' ? `undo ${step}` : step
