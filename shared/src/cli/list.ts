import { type FoundLetter, findLetters, type LetterFilter, operationOf } from '../operating/letters.ts'
import type { Context } from './context.ts'
import { type ExitCode, exit, worst } from './exit.ts'
import { findParticipants, tellSilent } from './participants.ts'
import { type Column, table } from './table.ts'
import { second } from './times.ts'

export const groupings = ['error', 'step', 'service'] as const
export interface ListOptions extends LetterFilter {
  readonly groupBy?: (typeof groupings)[number] | undefined
}

/** `saga dlq list`: the open letters. Ends with 1 if there are any. */
export async function list(context: Context, options: ListOptions): Promise<ExitCode> {
  const { terminal } = context
  const participants = await findParticipants(context, options.service)
  const { letters, silent } = await findLetters(context.settings, participants, options)
  const groups = options.groupBy && grouped(letters, options.groupBy)
  if (context.json) terminal.out(JSON.stringify({ ...(groups ? { groups } : { letters }), silent }))
  else if (letters.length === 0) terminal.out('no open letters')
  else if (groups) terminal.out(table(groups, groupColumns(options.groupBy), terminal.columns))
  else terminal.out(letterTable(letters, terminal.columns))
  tellSilent(context, silent, 'its letters are not among these')
  return worst(silent.length > 0 ? exit.unreachable : exit.fine, letters.length > 0 ? exit.found : exit.fine)
}

export function letterTable(letters: readonly FoundLetter[], width: number | undefined): string {
  return table(letters, letterColumns, width)
}
const letterColumns: Column<FoundLetter>[] = [
  { title: 'DIED', of: letter => second(letter.diedAt) },
  { title: 'SERVICE', of: letter => letter.service },
  { title: 'STEP', of: operationOf },
  { title: 'ERROR', of: letter => letter.errorCode },
  { title: 'TRIES', of: letter => String(letter.attempts), align: 'right' },
  { title: 'DEATHS', of: letter => (letter.deaths > 1 ? String(letter.deaths) : ''), align: 'right' },
  { title: 'BEHIND', of: letter => (letter.parkedBehind ? String(letter.parkedBehind) : ''), align: 'right' },
  { title: 'SAGA', of: letter => (letter.sagaId === null || letter.id.includes(letter.sagaId) ? '' : letter.sagaId) },
  { title: 'ID', of: letter => letter.id },
  { title: 'MESSAGE', of: letter => letter.errorMessage },
]

interface Group {
  readonly of: string
  readonly letters: number
  readonly sagas: number
  readonly firstDied: string
  readonly lastDied: string
  /** Of the letter that died last. */
  readonly lastError: string
}
function grouped(letters: readonly FoundLetter[], by: (typeof groupings)[number]): Group[] {
  const of = { error: (l: FoundLetter) => l.errorCode, step: operationOf, service: (l: FoundLetter) => l.service }[by]
  return [...Map.groupBy(letters, of)]
    .map(([key, ofKey]) => ({
      ...{ of: key, letters: ofKey.length, sagas: new Set(ofKey.map(l => l.sagaId ?? l.id)).size },
      ...{ firstDied: ofKey[0]!.diedAt, lastDied: ofKey.at(-1)!.diedAt, lastError: ofKey.at(-1)!.errorMessage },
    }))
    .toSorted((a, b) => b.letters - a.letters)
}
const groupColumns = (by = ''): Column<Group>[] => [
  { title: by.toUpperCase(), of: group => group.of || '(unreadable)' },
  { title: 'LETTERS', of: group => String(group.letters), align: 'right' },
  { title: 'SAGAS', of: group => String(group.sagas), align: 'right' },
  { title: 'FIRST DIED', of: group => second(group.firstDied) },
  { title: 'LAST DIED', of: group => second(group.lastDied) },
  { title: 'LAST MESSAGE', of: group => group.lastError },
]
