import type { ReactionDefinition } from '../../reaction.ts'
import { type Check, nothing, sameStanding } from './check.ts'
import { reactionTo } from './deliveries.ts'
import { play, standingOf, timeless, wrongIn } from './played.ts'
import { createStage, type StageOptions } from './stage.ts'
import { inOrder, type Step, type Story } from './story.ts'

/** For each compensation, by the first story in which it is what undoes its action. */
export function compensations(o: StageOptions, stories: Readonly<Record<string, Story>>): Check[] {
  const undoing = o.participant.reactions.filter(({ direction }) => direction === 'compensation')
  return undoing.flatMap(reaction => {
    const title = `undo ${reaction.step} on ${reaction.trigger.type}`
    const found = Object.values(stories).flatMap(story => tellsOf(o, inOrder(story), reaction))[0]
    if (!found)
      return [
        {
          title: `${title}: a story has it behind ${reaction.step}`,
          check: async () => nothing([`no story has ${reaction.step} and then ${reaction.trigger.type}: add one`]),
        },
      ]
    return [early(o, title, found), late(o, title, found)]
  })
}

interface Told {
  /** Up to its action, and that itself. */
  readonly upToAction: readonly Step[]
  readonly action: Step
  /** Up to the compensation, and that itself. */
  readonly upToUndoing: readonly Step[]
  readonly undoing: Step
}

function tellsOf({ participant }: StageOptions, steps: readonly Step[], { step, trigger }: ReactionDefinition): Told[] {
  const operations = steps.map(({ message }) => reactionTo(participant, message))
  const first = operations.findIndex(r => r.direction === 'action' && r.step === step)
  const second = operations.findIndex(r => r.direction === 'compensation' && r.step === step)
  if (first < 0 || second < first || operations[second]!.trigger.type !== trigger.type) return []
  return [
    {
      ...{ action: steps[first]!, undoing: steps[second]! },
      ...{ upToAction: steps.slice(0, first + 1), upToUndoing: steps.slice(0, second + 1) },
    },
  ]
}

/** Rules 12 and 13. */
const early = (o: StageOptions, title: string, { action, undoing, upToAction }: Told): Check => ({
  title: `${title}: before its action, it answers and keeps the action from ever happening`,
  async check() {
    const before = upToAction.slice(0, -1)
    const only = await play(o, [...before, undoing])
    const both = await play(o, [...before, undoing, action])
    nothing(wrongIn(o, both))
    const outcome = both.decided.at(-1)?.outcome
    nothing(outcome === 'late' ? [] : [`its action came behind it and ended as ${outcome}, not blocked as late`])
    sameStanding('with its action behind it', standingOf(o, both), standingOf(o, only))
  },
})

const late = (o: StageOptions, title: string, { action, undoing, upToUndoing }: Told): Check => ({
  title: `${title}: behind its action, it undoes once, and the action does not come back`,
  async check() {
    const stage = await createStage(o)
    for (const step of upToUndoing) stage.take(step)
    const ended = stage.decided.at(-1)?.outcome
    nothing(ended === 'succeeded' ? [] : [`it ended as ${ended}`])
    const undone = timeless(standingOf(o, stage))
    for (const step of [action, undoing, action]) stage.take(step)
    nothing(wrongIn(o, stage))
    sameStanding('with both delivered again', timeless(standingOf(o, stage)), undone)
  },
})
