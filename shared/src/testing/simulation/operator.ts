import type { LetterRef } from '../../core/act.ts'
import type { SimulatedService } from './service.ts'
import type { World } from './world.ts'

/**
 * Somebody looks at the dead letters now and then and replays what has died: some letters twice, and some from a list that
 * was made long ago.
 */
export function lookAtLetters(world: World, service: SimulatedService): void {
  const { clock, random } = world
  const replay = (letter: LetterRef) =>
    clock.after(random.int(0, 3_000), () => {
      if (service.processes.length === 0) return
      world.tell?.('operator', `replays death ${letter.deaths} of ${letter.id}`)
      const process = random.pick(service.processes)
      process.run(() => process.work([{ act: { act: 'replay', letter, operator: 'operator', plan: null } }]))
    })
  if (service.letters.length > 0 && random.chance(0.3)) replay(random.pick(service.letters))
  for (const [sagaId, { waiting }] of service.database.sagas)
    for (const row of waiting.values()) {
      if (row.kind !== 'dead') continue
      const letter = { id: row.id, sagaId, deaths: row.deaths }
      service.letters.push(letter)
      replay(letter)
      if (random.chance(0.2)) replay(letter)
    }
}
