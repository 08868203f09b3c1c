import { PermanentError } from '../../errors.ts'
import type { Participant } from '../../participant.ts'
import type { Handler, ReactionDefinition } from '../../reaction.ts'
import type { World } from './world.ts'

/** How often each step of each saga was made to throw: no more tries than that may be counted besides the first. */
export type Thrown = Map<string, number>

/** The participant with handlers that throw now and then, before they do anything. Everything else of it is as it is. */
export function troubled<P extends Participant<any, any>>(participant: P, world: World, thrown: Thrown): P {
  const before =
    (reaction: ReactionDefinition, handler: (...args: any[]) => unknown) =>
    (...args: any[]) => {
      const { rates, random } = world
      if (rates.throws > 0 || rates.poison > 0) {
        const drawn = random.next()
        if (drawn < rates.throws + rates.poison) {
          const { sagaId } = args.at(-1) as { sagaId: string }
          const step = `${participant.service} ${sagaId} ${reaction.step}/${reaction.direction}`
          thrown.set(step, (thrown.get(step) ?? 0) + 1)
          if (drawn < rates.poison) throw new PermanentError('simulated-poison', 'the simulation lets it die')
          throw new Error('the simulation lets it throw')
        }
      }
      return handler(...args)
    }
  const reactions = participant.reactions.map(reaction => {
    const { handler } = reaction
    const troubledHandler = Object.fromEntries(
      Object.entries(handler).map(([name, value]) => [
        name,
        typeof value === 'function' && name !== 'call' ? before(reaction, value as () => unknown) : value,
      ]),
    ) as unknown as Handler
    return { ...reaction, handler: troubledHandler }
  })
  return { ...participant, reactions }
}
