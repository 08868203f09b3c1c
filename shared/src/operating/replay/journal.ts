import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { OperatingError } from '../operating-error.ts'
import { nameOf, type PlanLetter } from './plan.ts'

/** How the replay of a letter came out. */
export const outcome = z.object({
  /** `ended`: the message is done. `failed`: it is not, and nothing behind it in its saga is touched. */
  outcome: z.enum(['ended', 'failed']),
  /**
   * Of a failed one: `died-again`, `retrying` (it failed and is tried again), `changed` (it died anew before), `unknown`
   * (its owner has no such message), `not-in-time`, `refused` (its owner answered, and not with a result), or why its owner refuses the act.
   */
  how: z
    .enum([
      ...(['died-again', 'retrying', 'changed', 'unknown', 'not-in-time', 'refused'] as const),
      ...(['needs-force', 'unreadable', 'beyond-horizon'] as const),
    ])
    .nullable(),
  /** The final status of its step, or what went wrong. */
  detail: z.string(),
})
export type Outcome = z.infer<typeof outcome>

const entry = z.discriminatedUnion('entry', [
  z.object({ entry: z.literal('run'), at: z.string(), operator: z.string() }),
  z.object({ entry: z.literal('begin'), at: z.string(), letter: z.string() }),
  z.object({ entry: z.literal('end'), at: z.string(), letter: z.string(), ...outcome.shape }),
])
type Entry = z.infer<typeof entry>

/** What was done of a plan: written and flushed before and after each letter, so that a run that was killed can be resumed. */
export interface Journal {
  outcomeOf(letter: PlanLetter): Outcome | undefined
  begin(letter: PlanLetter): void
  end(letter: PlanLetter, outcome: Outcome): void
  close(): void
}

export function openJournal(file: string, operator: string): Journal {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const entries = text.split('\n').flatMap(line => entryIn(line))
  const outcomes = new Map<string, Outcome>()
  for (const each of entries) if (each.entry === 'end') outcomes.set(each.letter, outcome.parse(each))
  let descriptor: number
  try {
    descriptor = openSync(file, 'a', 0o600)
  } catch (error) {
    throw new OperatingError('wrong-request', `the journal cannot be kept: ${(error as Error).message}`)
  }
  const at = () => new Date().toISOString()
  const write = (line: Entry) => {
    writeSync(descriptor, `${JSON.stringify(line)}\n`)
    fsyncSync(descriptor)
  }
  // A run that was killed while it wrote has left half a line.
  if (text !== '' && !text.endsWith('\n')) writeSync(descriptor, '\n')
  write({ entry: 'run', at: at(), operator })
  return {
    outcomeOf: letter => outcomes.get(nameOf(letter)),
    begin: letter => write({ entry: 'begin', at: at(), letter: nameOf(letter) }),
    end(letter, ended) {
      outcomes.set(nameOf(letter), ended)
      write({ entry: 'end', at: at(), letter: nameOf(letter), ...ended })
    },
    close: () => closeSync(descriptor),
  }
}

function entryIn(line: string): Entry[] {
  try {
    const parsed = entry.safeParse(JSON.parse(line))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}
