import { type Check, nothing, sameStanding } from './check.ts'
import { play, standingOf, timeless, wrongIn } from './played.ts'
import { createStage, type StageOptions } from './stage.ts'
import { inOrder, type Story } from './story.ts'

/** The process ends at every point of every message's transaction, and another gets the message again (rule 8). */
export function crashes(o: StageOptions, name: string, story: Story): Check {
  return {
    title: `${name}: a crash at any point of any message changes nothing`,
    async check() {
      const steps = inOrder(story)
      const expected = timeless(standingOf(o, await play(o, steps)))
      for (const [i, { message }] of steps.entries())
        for (let point = 0; ; point++) {
          const stage = await createStage(o)
          const crashed = steps.map((step, k) => stage.take(step, k === i ? point : undefined))[i]
          if (!crashed) break
          const when = `after a crash at point ${point} of ${message.type}`
          nothing(wrongIn(o, stage).map(wrong => `${when}: ${wrong}`))
          sameStanding(when, timeless(standingOf(o, stage)), expected)
        }
    },
  }
}
