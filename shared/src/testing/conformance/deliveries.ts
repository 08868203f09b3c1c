import type { Delivery } from '../../core/delivery.ts'
import type { CommandType, Message } from '../../messages.ts'
import type { Participant } from '../../participant.ts'
import { commandDelivery } from '../../runtime/commands.ts'
import type { Item } from '../../runtime/engine.ts'
import { sagaIdOf } from '../play.ts'
import type { StoredWaiting } from '../simulation/database.ts'

export type Delivered = Extract<Item, { delivery: Delivery }>

/** @throws Error when there is none: a story speaks of what the participant reacts to */
export function reactionTo({ service, reactions }: Participant<any, any>, { type, kind }: Message) {
  const reaction = reactions.find(r => r.trigger.type === type && r.trigger.kind === kind)
  if (!reaction) throw new Error(`${service} has no reaction to the ${kind} ${type}`)
  return reaction
}

/** From its topic or its client, with the same id at each delivery. */
export function arriving(
  participant: Participant<any, any>,
  reaction: ReturnType<typeof reactionTo>,
  message: Message,
): Delivered {
  const { trigger } = reaction
  if (trigger.kind === 'command') {
    const body = message as unknown as Record<string, unknown>
    const route = `POST /${trigger.type}`
    const delivery = commandDelivery(participant, {
      ...{ command: trigger as CommandType<any, any, any>, body, route, principal: 'anonymous' },
      ...{ idempotencyKey: 'a', bodyHash: Buffer.from('a'), traceparent: undefined },
    })
    return { delivery, key: { route, principal: 'anonymous', key: 'a', bodyHash: Buffer.from('a') }, takenAtMs: 0 }
  }
  if (trigger.kind !== 'event') throw new Error('unreachable: a timer fires from its row')
  const sagaId = sagaIdOf(reaction, message)
  return {
    delivery: {
      ...{ id: `${sagaId}/${message.type}`, sagaId, reaction, message, origin: { source: 'kafka' } },
      envelope: { key: Buffer.from(sagaId), headers: {}, body: Buffer.from(JSON.stringify(message)) },
    },
    takenAtMs: 0,
  }
}

/** Its outside call has returned this. */
export const answering = (delivery: Delivery, attempts: number, dueAtMs: number, response: unknown): Delivered => ({
  delivery: { ...delivery, origin: { source: 'result', attempts, dueAtMs, result: { ok: true, response } } },
  takenAtMs: 0,
})

/** From its row, as it was read: a timer, or another try. */
export function dueAgain(
  participant: Participant<any, any>,
  row: StoredWaiting & { readonly sagaId: string },
  message: Message | undefined,
): Delivered {
  const { id, sagaId, messageType, envelope, attempts, dueAtMs } = row
  const reaction = participant.reactions.find(r => r.trigger.type === messageType)!
  const stored = () => ({ ...JSON.parse(String(envelope.body)), sagaId, type: messageType, kind: 'timer' }) as Message
  const origin = { source: 'due', attempts, dueAtMs: dueAtMs! } as const
  return { delivery: { ...{ id, sagaId, envelope, reaction, origin }, message: message ?? stored() }, takenAtMs: 0 }
}
