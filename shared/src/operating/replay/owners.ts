import type { Admin } from '../admin.ts'
import { OperatingError } from '../operating-error.ts'
import type { Participants } from '../participants.ts'
import type { Plan } from './plan.ts'

/** Who can be asked to replay each letter. @throws OperatingError when one of them has nobody: before anything is begun */
export function ownersOf(plan: Plan, { admins, silent }: Pick<Participants, 'admins' | 'silent'>): Map<string, Admin> {
  const services = [...new Set(plan.letters.map(({ service }) => service))]
  return new Map(
    services.map(service => {
      const owner = admins.find(admin => admin.service === service)
      if (owner) return [service, owner]
      const why = silent.find(each => each.service === service)?.why ?? 'is not declared: name it by --admin'
      throw new OperatingError('unreachable', `${service} ${why}; nothing is replayed`)
    }),
  )
}
