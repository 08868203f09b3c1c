import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { z } from 'zod'
import { OperatingError } from '../operating-error.ts'
import { nameOf, type PlanLetter } from './plan.ts'

/** How the replay of a letter came out. */
export const outcome = z.object({
  /** `ended`: the message is done. `failed`: it is not, and nothing behind it in its saga is touched. */
  outcome: z.enum(['ended', 'failed']),
  /**
   * Of one that has ended: `already` when somebody else had replayed or discarded it before. Of a failed one: `died-again`, `retrying` (it failed and is tried again), `changed` (it died anew before), `unknown`
   * (its owner has no such message), `not-in-time`, `refused` (its owner answered, and not with a result), or why its owner refuses the act.
   */
  how: z
    .enum([
      ...(['died-again', 'retrying', 'changed', 'unknown', 'not-in-time', 'refused'] as const),
      ...(['needs-force', 'unreadable', 'beyond-horizon', 'already'] as const),
    ])
    .nullable(),
  /** The final status of its step, or what went wrong. */
  detail: z.string(),
})
export type Outcome = z.infer<typeof outcome>

const at = z.string()
const entry = z.discriminatedUnion('entry', [
  // Since when, by whom and by which process; older journals do not say the last.
  z.object({
    ...{ entry: z.literal('run'), at, operator: z.string(), rate: z.number().nullish() },
    ...{ pid: z.int().optional(), host: z.string().optional() },
  }),
  z.object({ entry: z.literal('begin'), at, letter: z.string() }),
  z.object({ entry: z.literal('end'), at, letter: z.string(), ...outcome.shape }),
  // The run is over, also when letters are left. One that was killed has none.
  z.object({ entry: z.literal('stopped'), at, why: z.string().nullable() }),
  // What is left is not to be done any more.
  z.object({ entry: z.literal('cancelled'), at, operator: z.string() }),
])
type Entry = z.infer<typeof entry>
type EntryOf<K extends Entry['entry']> = Extract<Entry, { entry: K }>

/** What was done of a plan: written and flushed before and after each letter, so that a run that was killed can be resumed. */
export interface Journal {
  outcomeOf(letter: PlanLetter): Outcome | undefined
  begin(letter: PlanLetter): void
  end(letter: PlanLetter, outcome: Outcome): void
  /** @param why the run ended before its end; null when it did not, or was told to */
  stopped(why: string | null): void
  close(): void
}

export interface JournalRead {
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Letters that some run has touched; those without an outcome are under way, or their run was killed. */
  readonly begun: ReadonlySet<string>
  readonly lastRun: EntryOf<'run'> | undefined
  /** How the last run ended; undefined while it goes on, or when it was killed. */
  readonly stopped: EntryOf<'stopped'> | undefined
  readonly cancelled: EntryOf<'cancelled'> | undefined
  /** When it was last written, or its run showed that it lives. */
  readonly touchedAt: Date | undefined
}

export function readJournal(file: string): JournalRead {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const entries = text.split('\n').flatMap(line => entryIn(line))
  const outcomes = new Map<string, Outcome>()
  for (const each of entries) if (each.entry === 'end') outcomes.set(each.letter, outcome.parse(each))
  const last = entries.findLastIndex(each => each.entry === 'run')
  const sinceLast = last < 0 ? [] : entries.slice(last)
  return {
    outcomes,
    begun: new Set(entries.flatMap(each => (each.entry === 'begin' ? [each.letter] : []))),
    lastRun: sinceLast[0] as EntryOf<'run'> | undefined,
    stopped: sinceLast.findLast(each => each.entry === 'stopped'),
    cancelled: entries.find(each => each.entry === 'cancelled'),
    touchedAt: statSync(file, { throwIfNoEntry: false })?.mtime,
  }
}

const touchedEveryMs = 5_000

/** @throws OperatingError */
export function openJournal(
  file: string,
  o: { readonly operator: string; readonly rate?: number | undefined },
): Journal {
  const outcomes = new Map(readJournal(file).outcomes)
  const { write, close } = appendTo(file)
  write({ entry: 'run', at: now(), operator: o.operator, rate: o.rate ?? null, pid: process.pid, host: hostname() })
  // Letters may take long, and others ask whether the run still lives.
  const alive = setInterval(() => utimesSync(file, new Date(), new Date()), touchedEveryMs).unref()
  return {
    outcomeOf: letter => outcomes.get(nameOf(letter)),
    begin: letter => write({ entry: 'begin', at: now(), letter: nameOf(letter) }),
    end(letter, ended) {
      outcomes.set(nameOf(letter), ended)
      write({ entry: 'end', at: now(), letter: nameOf(letter), ...ended })
    },
    stopped: why => write({ entry: 'stopped', at: now(), why }),
    close() {
      clearInterval(alive)
      close()
    },
  }
}

/** Nobody runs the plan any more. @throws OperatingError */
export function writeCancelled(file: string, operator: string): void {
  const { write, close } = appendTo(file)
  write({ entry: 'cancelled', at: now(), operator })
  close()
}

function appendTo(file: string) {
  let descriptor: number
  let isHalf: boolean
  try {
    descriptor = openSync(file, 'a+', 0o600)
    const { size } = fstatSync(descriptor)
    const last = Buffer.alloc(1)
    isHalf = size > 0 && readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() !== '\n'
  } catch (error) {
    throw new OperatingError('wrong-request', `the journal cannot be kept: ${(error as Error).message}`)
  }
  // A run that was killed while it wrote has left half a line.
  if (isHalf) writeSync(descriptor, '\n')
  return {
    write(line: Entry) {
      writeSync(descriptor, `${JSON.stringify(line)}\n`)
      fsyncSync(descriptor)
    },
    close: () => closeSync(descriptor),
  }
}

const now = () => new Date().toISOString()

function entryIn(line: string): Entry[] {
  try {
    const parsed = entry.safeParse(JSON.parse(line))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}
