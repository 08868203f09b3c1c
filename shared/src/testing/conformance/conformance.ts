import type { Participant } from '../../participant.ts'
import type { Settings, ValuesOf } from '../../settings.ts'
import type { RowOf, States } from '../../states.ts'
import { type Check, nothing } from './check.ts'
import { compensations } from './compensations.ts'
import { crashes } from './crashes.ts'
import { duplicates } from './duplicates.ts'
import { evolution } from './evolution.ts'
import { exclusions } from './exclusions.ts'
import { failingTries } from './failing-tries.ts'
import { hostileValues } from './hostile-values.ts'
import { imports } from './imports.ts'
import { play, wrongIn } from './played.ts'
import { purity } from './purity.ts'
import { reordering } from './reordering.ts'
import type { StageOptions } from './stage.ts'
import { inOrder, type Story } from './story.ts'

export { type Answered, answered, type Story } from './story.ts'

export interface ConformanceOptions<S extends States, Cfg extends Settings> {
  /** Rows that are there before each story. */
  readonly given?: { readonly [N in keyof S]?: readonly RowOf<S[N]>[] }
  /**
   * By name: messages of one saga as they come, together all to which the participant reacts. Messages in brackets of
   * their own may come in any order. A story ends well: none of its messages is dead.
   */
  readonly stories: Readonly<Record<string, Story>>
  /** The file of the participant, from which its handlers' imports are followed. */
  readonly file: URL
  /** Packages besides `saga-kit` that handlers may import, since they do no more than compute. */
  readonly pure?: readonly string[]
  /** A folder `<Event>/<n>.avsc` and `<n>.bin`: all versions that were ever published. */
  readonly versions?: URL
  readonly settings?: Partial<ValuesOf<Cfg>>
}

/** A line of the checklist, and what finds out whether it is so: it throws when it is not. */
export type Promised = [title: string, check: () => Promise<void>]

/**
 * What every participant promises, as a checklist over its own stories: each check is one test.
 * SQL handlers cannot be checked so, and are refused.
 * @example test.each(conformance(balance, { ... }))('%s', (_, check) => check())
 */
export function conformance<S extends States, Cfg extends Settings>(
  participant: Participant<S, Cfg>,
  { given = {}, stories, file, pure = [], versions, settings = {} }: ConformanceOptions<S, Cfg>,
): Promised[] {
  const o: StageOptions = { participant, settings, given: given as StageOptions['given'] }
  const checks = [
    everyReactionIsTold(o, stories),
    ...Object.entries(stories).flatMap(([name, story]) => [
      endsWell(o, name, story),
      duplicates(o, name, story),
      ...reordering(o, name, story),
      crashes(o, name, story),
      failingTries(o, name, story),
    ]),
    ...compensations(o, stories),
    ...exclusions(o, stories),
    ...hostileValues(o, stories),
    ...evolution(o, stories, versions),
    ...purity(o, stories),
    imports(file, pure),
  ]
  return checks.map(({ title, check }) => [title, check])
}

const everyReactionIsTold = ({ participant }: StageOptions, stories: Readonly<Record<string, Story>>): Check => ({
  title: 'every message to which it reacts is in a story',
  async check() {
    const told = new Set(
      Object.values(stories)
        .flatMap(inOrder)
        .map(({ message }) => message.type),
    )
    const untold = participant.reactions.filter(r => r.direction !== 'local' && !told.has(r.trigger.type))
    nothing(untold.map(({ trigger, step }) => `no story has ${trigger.type} (${step}): add one`))
  },
})

const endsWell = (o: StageOptions, name: string, story: Story): Check => ({
  title: `${name}: every message ends well`,
  check: async () => nothing(wrongIn(o, await play(o, inOrder(story)))),
})
