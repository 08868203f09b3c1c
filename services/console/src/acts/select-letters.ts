import { type FoundLetter, findLetters, type Reach } from 'saga-kit/operating'
import { ownProblem } from 'saga-kit/parts'
import type { Selection } from '../contract.ts'
import type { ParticipantsFor } from './participants-for.ts'
import { ownerSilent } from './problems.ts'

/**
 * The open letters that are selected, the oldest death first. @throws Problem when there are none, or when a service
 * does not answer: a plan must not leave out what nobody has seen
 */
export async function selectLetters(
  { letters: chosen, service, step, error }: Selection,
  o: { readonly participantsFor: ParticipantsFor; readonly operator: string; readonly reach: Reach },
): Promise<readonly FoundLetter[]> {
  const services = chosen ? [...new Set(chosen.map(each => each.service))] : service === undefined ? [] : [service]
  // Records that nobody could read have no step.
  const filter = { service: services, step: step || undefined, error }
  const participants = o.participantsFor(o.operator, services)
  const found = await findLetters(o.reach, participants, filter)
  if (found.silent.length > 0)
    throw ownerSilent(
      `${found.silent.map(each => `${each.service} ${each.why}`).join('; ')}; choose a service to go on without the others`,
    )
  const names = chosen && new Set(chosen.map(nameOf))
  const letters = found.letters.filter(
    letter => (!names || names.has(nameOf(letter))) && (step !== '' || letter.step === null),
  )
  if (letters.length === 0)
    throw ownProblem(409, 'Conflict', 'no-letters', 'no open letters match: they may have been replayed or discarded')
  return letters
}

/** Of a death: a letter that has died anew since it was looked at is another one. */
export const nameOf = ({ service, id, sagaId, deaths }: Pick<FoundLetter, 'service' | 'id' | 'sagaId' | 'deaths'>) =>
  JSON.stringify([service, id, sagaId, deaths])
