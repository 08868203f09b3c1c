import { placeText } from '../../postgres/acknowledged.ts'
import { dueDelivery } from '../../runtime/read-message.ts'
import type { Choice } from './choices.ts'
import { SimulatedDatabase } from './database.ts'
import type { ExploredWorld } from './explored-world.ts'
import { nowMs } from './explored-world.ts'
import { askedOf, type Followed, published, take, withDatabase } from './take.ts'

/** What comes of a choice. */
export function follow(world: ExploredWorld, choice: Choice): Followed {
  const service = world.services.get(choice.service)!
  const before = choice.crashes ? { ...world, crashes: world.crashes - 1 } : world
  switch (choice.kind) {
    case 'deliver': {
      const [next, ...behind] = before.queues.get(choice.queue)!
      const queues = new Map(before.queues).set(choice.queue, behind)
      const taken = new Map(before.taken).set(`${choice.service} ${next!.event}`, next!)
      return take({ ...before, queues, taken }, service, service.intake.readKnown([next!.record], 0), choice.crashes)
    }
    case 'again': {
      const { record } = before.taken.get(`${choice.service} ${choice.event}`)!
      return take({ ...before, copies: before.copies - 1 }, service, service.intake.readKnown([record], 0), false)
    }
    case 'due': {
      const row = service.database.sagas.get(choice.sagaId)!.waiting.get(choice.id)!
      const reaction = service.participant.reactions.find(({ trigger }) => trigger.type === row.messageType)!
      const due = dueDelivery(service.codec, reaction, { ...row, sagaId: choice.sagaId })
      return take(before, service, [{ ...due, takenAtMs: 0 }], choice.crashes, Math.max(nowMs, row.dueAtMs!))
    }
    case 'wish': {
      const wishes = new Set(before.wishes)
      wishes.delete(choice.nth)
      const item = askedOf(service, before.bound.wishes[choice.nth]!, `wish-${choice.nth}`)
      const followed = take({ ...before, wishes }, service, [item], choice.crashes)
      const isAccepted = followed.decided.some(({ outcome }) => outcome === 'accepted')
      if (!isAccepted) return followed
      const accepted = new Set(before.accepted).add(choice.nth)
      return { ...followed, world: { ...followed.world, accepted } }
    }
    case 'sweep': {
      const database = service.database.copyInto(new SimulatedDatabase(service.participant, service.constraints))
      const rows = [...database.outbox.values()]
        .filter(({ sagaId }) => sagaId === choice.sagaId)
        .sort((a, b) => a.seq - b.seq || a.n - b.n)
      for (const row of rows) database.outbox.delete(placeText(row))
      return { world: published(withDatabase(before, service, database), rows), problems: [] }
    }
  }
}
