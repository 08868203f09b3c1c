import type { ActResult } from '../admin/contract.ts'
import type { Admin } from './admin.ts'
import { OperatingError } from './operating-error.ts'
import { insist } from './replay/insist.ts'
import { type PlanLetter, planOf } from './replay/plan.ts'

/** Gives a message up, for a reason that is kept with it (rule 20). @throws OperatingError, AdminRefusal */
export async function discard(
  owner: Admin,
  { id, sagaId, deaths }: Pick<PlanLetter, 'id' | 'sagaId' | 'deaths'>,
  o: { readonly operator: string; readonly reason: string; readonly force: boolean },
): Promise<ActResult> {
  const { operator, reason, force } = o
  const { planId } = planOf([], { operator, fromTopic: false, now: new Date() })
  return insist(owner.service, () => owner.discard({ letter: { id, sagaId, deaths }, reason, force, plan: planId }), {
    patienceMs: 30_000,
  }).catch(error => {
    throw new OperatingError('unreachable', `${error.message}; whether it was discarded is not known: try again`)
  })
}
