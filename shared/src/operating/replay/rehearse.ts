import type { DryRun } from '../../admin/contract.ts'
import { AdminRefusal, type Rehearsed } from '../admin.ts'
import { OperatingError } from '../operating-error.ts'
import type { Participants } from '../participants.ts'
import { insist } from './insist.ts'
import { bySaga, type Plan, type PlanLetter } from './plan.ts'

export interface Rehearsal {
  readonly letter: PlanLetter
  readonly found: Rehearsed
  /** Would it be done, if it were replayed now? */
  readonly wouldEnd: boolean
}

/**
 * Tries the first letters of the plan in transactions that are rolled back. Each by itself: what an earlier letter of the
 * same saga would change in another service is not there yet. @throws OperatingError when an owner cannot be asked
 */
export async function* rehearse(
  { letters }: Pick<Plan, 'letters'>,
  { admins }: Pick<Participants, 'admins'>,
  sample: number,
): AsyncGenerator<Rehearsal> {
  // The first letter of each saga says most: what comes behind it may need what it does.
  const sagas = bySaga(letters)
  const inTurn = [...sagas.map(([first]) => first!), ...sagas.flatMap(([, ...rest]) => rest)]
  for (const letter of inTurn.slice(0, sample)) {
    const { service, id, sagaId, deaths } = letter
    const owner = admins.find(admin => admin.service === service)
    if (!owner) throw new OperatingError('unreachable', `${service} has no admin listener that is known`)
    const found = await insist(service, () => owner.dryRun({ id, sagaId, deaths }), { patienceMs: 15_000 }).catch(
      error => {
        const why = error instanceof AdminRefusal ? `${service} ${error.message}` : error.message
        throw new OperatingError('unreachable', why)
      },
    )
    yield { letter, found, wouldEnd: wouldEnd(letter, found) }
  }
}

export const wouldEnd = (letter: PlanLetter, found: Rehearsed) =>
  !('cannot' in found) &&
  // A reaction that a release has taken out, or another letter before it: then there is nothing that could fail.
  isAmong(found, letter) &&
  !found.steps.some(({ outcome }) => outcome === 'failed' || outcome === 'dead')
export const isAmong = ({ steps }: DryRun, letter: PlanLetter) => steps.some(({ id }) => id === letter.id)
