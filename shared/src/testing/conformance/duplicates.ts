import { type Check, nothing, sameStanding } from './check.ts'
import { play, standingOf, timeless, wrongIn } from './played.ts'
import { createStage, type StageOptions } from './stage.ts'
import { inOrder, type Story } from './story.ts'

/** Every message twice, and then all of them once more: the effect of each is there once (rules 9 and 10). */
export function duplicates(o: StageOptions, name: string, story: Story): Check {
  return {
    title: `${name}: delivered twice, and all of it again, it has its effect once`,
    async check() {
      const steps = inOrder(story)
      const once = await play(o, steps)
      const often = await createStage(o)
      for (const step of [...steps.flatMap(step => [step, step]), ...steps]) often.take(step)
      nothing(wrongIn(o, often))
      sameStanding('delivered again', timeless(standingOf(o, often)), timeless(standingOf(o, once)))
    },
  }
}
