import type { SimulatedDatabase } from '../simulation/database.ts'
import { type Check, nothing } from './check.ts'
import { play } from './played.ts'
import type { StageOptions } from './stage.ts'
import { ordersOf, type Story, titleOf } from './story.ts'

/** What a step's `excludes` says is so, in every order of every story. None when nothing excludes anything. */
export function exclusions(o: StageOptions, stories: Readonly<Record<string, Story>>): Check[] {
  const pairs = o.participant.reactions.flatMap(({ step, excludes }) => excludes.map(other => [step, other] as const))
  return pairs.map(([step, other]) => ({
    title: `${step} and ${other} never both take effect in a saga, as \`excludes\` says`,
    async check() {
      const found: string[] = []
      for (const order of Object.values(stories).flatMap(ordersOf)) {
        const { database } = await play(o, order)
        if (tookEffect(database, step) && tookEffect(database, other)) found.push(`both did in ${titleOf(order)}`)
      }
      nothing(found)
    },
  }))
}

const tookEffect = ({ sagas }: SimulatedDatabase, step: string) =>
  [...sagas.values()].some(({ log }) =>
    [...log.values()].some(row => row.step === step && row.direction === 'action' && row.status === 'succeeded'),
  )
