import { isDeepStrictEqual } from 'node:util'
import type { Delivery, Origin } from '../core/delivery.ts'
import { grantsOf } from '../core/grants.ts'
import { type Handled, runHandler } from '../core/run-handler.ts'
import { type LoadedTable, loadedTable, openViews, type Row } from '../core/views.ts'
import type { Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import type { ReactionDefinition } from '../reaction.ts'
import { deepFreeze } from './deep-freeze.ts'

export interface Scene {
  readonly participant: Participant<any, any>
  readonly settings: object
  readonly now: Date
  readonly rows: Readonly<Record<string, readonly Row[]>>
  /** For each step whose compensation the test plays: whether its action had taken effect. */
  readonly tookEffect: ReadonlyMap<string, boolean>
}
export interface Played {
  readonly reaction: ReactionDefinition
  readonly ended: Handled | { readonly end: 'ignored' }
  /** Every state table after the message. */
  readonly rows: Readonly<Record<string, readonly Row[]>>
}

/**
 * Plays one message as the engine would: the participant's own reaction to it, its key functions, views of only these
 * keys, and puts that are kept only when the handler ends well.
 */
export function play(scene: Scene, given: Message, origin: Origin): Played {
  const { participant } = scene
  const message = deepFreeze(structuredClone(given))
  const reaction = participant.reactions.find(r => r.trigger.type === message.type && r.trigger.kind === message.kind)
  if (!reaction) throw new Error(`${participant.service} has no reaction to the ${message.kind} ${message.type}`)
  if (reaction.when && !reaction.when(message)) return { reaction, ended: { end: 'ignored' }, rows: scene.rows }

  const sagaId = sagaIdOf(reaction, message)
  const delivery: Delivery = {
    ...{ id: `${sagaId}/${message.type}`, sagaId, reaction, message, origin },
    envelope: { key: null, headers: {}, body: null },
  }
  const once = () => run(scene, delivery)
  const played = once()
  if (!isDeepStrictEqual(outcomeOf(played.ended), outcomeOf(once().ended)))
    throw new Error(`${reaction.step} on ${message.type} is not pure: given the same twice, it ended differently`)
  return { reaction, ...played }
}

function run(scene: Scene, delivery: Delivery): Pick<Played, 'ended' | 'rows'> {
  const { reaction, message, sagaId } = delivery
  const tables = load(scene)
  try {
    const states = openViews(grantsOf(reaction, message, tables, false) ?? [])
    const context = { now: new Date(scene.now), sagaId, settings: scene.settings }
    const ended = runHandler(delivery, verdict(scene, reaction), null, states, context)
    if (ended.end !== 'thrown') states.keep()
    const rows = [...tables].map(([name, { current }]) => [
      name,
      [...current.values()].filter(row => row !== undefined),
    ])
    return { ended, rows: Object.fromEntries(rows) }
  } catch (error) {
    return { ended: { end: 'thrown', error }, rows: scene.rows }
  }
}

function load({ participant, rows }: Scene): Map<string, LoadedTable> {
  const unknown = Object.keys(rows).find(name => !(name in participant.states))
  if (unknown) throw new Error(`given ${unknown}: ${participant.service} has no such state table`)
  return new Map(
    Object.entries(participant.states as Record<string, { key: string }>).map(([name, { key }]) => {
      const byKey = (rows[name] ?? []).map(row => [String(row[key]), deepFreeze(structuredClone(row))] as const)
      return [name, loadedTable(name, key, new Map(byKey))]
    }),
  )
}

function verdict({ tookEffect }: Scene, { direction, step }: ReactionDefinition): 'run' | 'otherwise' {
  if (direction !== 'compensation') return 'run'
  const done = tookEffect.get(step)
  if (done === undefined)
    throw new Error(
      `this compensates ${step}: say whether that had taken effect, with .done('${step}') or .notDone('${step}')`,
    )
  return done ? 'run' : 'otherwise'
}

/** '' for a local command. */
export function sagaIdOf({ trigger }: ReactionDefinition, message: Message): string {
  const fields = message as unknown as Record<string, string>
  if (trigger.kind === 'timer') return fields.sagaId!
  if (trigger.kind === 'event') return fields[trigger.schema.sagaField]!
  return trigger.saga === 'none' ? '' : trigger.saga(fields)
}

/** Two throws are never the same object; for comparing, their messages are. */
const outcomeOf = (ended: Played['ended']) =>
  ended.end === 'thrown' ? { end: ended.end, error: String(ended.error) } : ended
