import { isDeepStrictEqual } from 'node:util'
import type { Participant } from '../../participant.ts'
import type { Handler, ReactionDefinition } from '../../reaction.ts'
import { type Check, nothing } from './check.ts'
import { failureText, operationOf, play, standingOf } from './played.ts'
import type { StageOptions } from './stage.ts'
import { inOrder, type Story } from './story.ts'
import { trapped } from './trap.ts'

/** Given the same, a handler does the same, and touches nothing else. */
export function purity(o: StageOptions, stories: Readonly<Record<string, Story>>): Check[] {
  const told = Object.values(stories).map(inOrder)
  return [
    {
      title: 'no handler touches clock, random, crypto, timers, fetch or process',
      async check() {
        const touched: string[] = []
        const watched = { ...o, participant: watch(o.participant, what => touched.push(what)) }
        for (const steps of told) await play(watched, steps)
        nothing(touched)
      },
    },
    {
      title: 'no handler changes what it is given',
      async check() {
        const found: string[] = []
        for (const steps of told) {
          const { decided } = await play(o, steps)
          // All that a stage gives is frozen.
          const changing = decided.filter(
            ({ error }) => error instanceof TypeError && isAboutFrozen.test(error.message),
          )
          found.push(...changing.map(each => `${failureText(each)}: copy it, and change the copy`))
        }
        nothing(found)
      },
    },
    {
      title: 'handlers do the same again, given the same',
      async check() {
        const found: string[] = []
        for (const steps of told) {
          const [first, second] = [await play(o, steps), await play(o, steps)]
          if (!isDeepStrictEqual(standingOf(o, first), standingOf(o, second)))
            found.push(...firstDifference(first.decided, second.decided, standingOf(o, first), standingOf(o, second)))
        }
        nothing(found)
      },
    },
  ]
}
const isAboutFrozen = /read only|not extensible|Cannot (assign|delete|define|add)/

type Standing = ReturnType<typeof standingOf>
type Decided = Awaited<ReturnType<typeof play>>['decided']
function firstDifference(first: Decided, second: Decided, a: Standing, b: Standing): string[] {
  const i = first.findIndex(({ outcome, code }, k) => outcome !== second[k]?.outcome || code !== second[k]?.code)
  if (i >= 0) return [`${operationOf(first[i]!.delivery)} is ${first[i]!.outcome}, and then ${second[i]?.outcome}`]
  const event = a.events.find((each, k) => !isDeepStrictEqual(each, b.events[k]))
  if (event) return [`${event.type} (${event.id}) differs: ${JSON.stringify(event.fields)} and then another`]
  const table = Object.keys(a.rows).find(name => !isDeepStrictEqual(a.rows[name], b.rows[name]))
  return [`rows of ${table} differ: what is kept outside of states, and changes, is in a handler's way`]
}

function watch(participant: Participant<any, any>, touched: (what: string) => void): Participant<any, any> {
  return { ...participant, reactions: participant.reactions.map(reaction => watched(reaction, touched)) }
}

function watched(reaction: ReactionDefinition, touched: (what: string) => void): ReactionDefinition {
  const name = `${operationOf({ reaction })} on ${reaction.trigger.type}`
  const guard =
    (run: (...given: any[]) => any) =>
    (...given: any[]) =>
      trapped(
        () => run(...given),
        what => touched(`${name} ${what}`),
      )
  return {
    ...reaction,
    when: reaction.when && guard(reaction.when),
    reads: reaction.reads.map(read => ({ ...read, keys: guard(read.keys) })),
    handler: guarded(reaction.handler, guard),
  }
}

function guarded(handler: Handler, guard: (run: (...given: any[]) => any) => (...given: any[]) => any): Handler {
  switch (handler.form) {
    case 'action':
    case 'local':
      return { ...handler, run: guard(handler.run) }
    case 'compensation':
      return { ...handler, run: guard(handler.run), otherwise: guard(handler.otherwise) }
    case 'effect':
      return { ...handler, intend: guard(handler.intend), record: guard(handler.record) }
    case 'sql':
      return handler
  }
}
