import { type Audit, checkAudit } from './audit.ts'
import { StartError } from './errors.ts'
import type { EventType } from './messages.ts'
import { type On, on, type Reaction, type ReactionDefinition, type Trigger } from './reaction.ts'
import type { Settings, ValuesOf } from './settings.ts'
import type { States } from './states.ts'

/** A service's part in its sagas, as data: what the engine runs and the tests play. */
export interface Participant<S extends States = States, Cfg extends Settings = Settings> {
  readonly service: string
  /** In lock order. */
  readonly states: S
  readonly settings: Cfg
  readonly reactions: readonly ReactionDefinition[]
  /** Events that nobody need react to. */
  readonly final: readonly EventType<any>[]
  readonly longestTimerMs: ((settings: any) => number) | undefined
  readonly audit: Audit<S> | undefined
}

export interface Kit<S extends States, Cfg> {
  on<T extends Trigger>(trigger: T): On<S, Cfg, T>
}
type ActionsOf<R extends readonly Reaction[]> = Extract<R[number], { direction: 'action' }>['step']
type Checked<R extends readonly Reaction[]> = {
  [I in keyof R]: R[I] extends Reaction<infer Step, 'compensation'>
    ? Step extends ActionsOf<R>
      ? R[I]
      : `no action named ${Step}`
    : R[I]
}

/**
 * Defines a participant: one row per message that it reacts to.
 * @throws StartError naming the reaction, when the table contradicts itself in a way that the types cannot see.
 */
export function participant<const S extends States, const Cfg extends Settings, const R extends readonly Reaction[]>(
  o: {
    readonly service: string
    readonly states: S
    readonly settings: Cfg
    /** The longest delay that it ever gives to `after`: checked at start against how long others remember a saga (rule 34). */
    readonly longestTimerMs?: (settings: ValuesOf<Cfg>) => number
    /** Those of its events that nobody need react to: they are facts for whoever is interested. `saga check` misses a reader for all others. */
    readonly final?: readonly EventType<any>[]
    /** What it contributes to the audit, over all services and of its own books. */
    readonly audit?: Audit<NoInfer<S>>
  },
  reactions: (kit: Kit<S, ValuesOf<Cfg>>) => R & Checked<R>,
): Participant<S, Cfg> {
  const definitions = reactions({ on }).map(reaction => (reaction as Reaction).definition)
  const stateNames = Object.keys(o.states)
  const wrong = (code: string, message: string): never => {
    throw new StartError(code, `participant ${o.service}: ${message}`)
  }

  if (!/^[a-z][a-z0-9-]*$/.test(o.service))
    wrong('service-name', 'the service name must be lower case, like `order` or `loyalty-points`')
  const triggers = new Set<string>()
  for (const { trigger, step, direction, reads, emits, cancels, excludes, undoneBy, answeredBy } of definitions) {
    const name = `on ${trigger.type}, ${step} (${direction})`
    if (triggers.has(trigger.type))
      wrong('two-reactions', `${trigger.type} has two reactions; a participant reacts to a message type once (rule 15)`)
    triggers.add(trigger.type)
    if (direction !== 'local' && !/^[a-z][a-z0-9_]*$/.test(step))
      wrong('step-name', `${name}: a step is named in snake_case`)
    if (trigger.kind === 'command' && (trigger.saga === 'none') !== (direction === 'local'))
      wrong('command-saga', `${name}: a command without a saga is \`local\`, one with a saga is not`)
    if (trigger.kind === 'command' && direction === 'compensation')
      wrong('command-compensates', `${name}: a command acts; what compensates is an event`)
    const places = reads.map(r => stateNames.indexOf(r.state))
    if (places.includes(-1))
      wrong('unknown-state', `${name}: reads ${reads[places.indexOf(-1)]?.state}, which is not among its states`)
    if (places.some((place, i) => i > 0 && place <= places[i - 1]!))
      wrong(
        'lock-order',
        `${name}: reads ${reads.map(r => r.state).join(', ')}, but states are locked in the order ${stateNames.join(', ')} (rule 3)`,
      )
    for (const timer of [...emits, ...cancels].filter(e => e.kind === 'timer'))
      if (!definitions.some(d => d.trigger.kind === 'timer' && d.trigger.type === timer.type))
        wrong('timer-unread', `${name}: sets or cancels ${timer.type}, but nothing reacts to it`)
    for (const excluded of excludes)
      if (excluded === step || !definitions.some(d => d.direction === 'action' && d.step === excluded))
        wrong('excludes-unknown', `${name}: excludes ${excluded}, which is no other step of this participant`)
    if (answeredBy.length > 0 && !(trigger.kind === 'command' && trigger.opens))
      wrong('answered-by', `${name}: only a command that opens sagas can wait for an answer (answeredBy)`)
    for (const { type } of answeredBy)
      if (!definitions.some(d => d.trigger.type === type))
        wrong('answered-by', `${name}: answeredBy names ${type}, to which nothing here reacts`)
    if (
      undoneBy !== undefined &&
      undoneBy !== step &&
      !definitions.some(d => d.direction === 'compensation' && d.step === undoneBy)
    )
      wrong('undone-by', `${name}: undoneBy names ${undoneBy}, which nothing here compensates`)
    if (direction === 'compensation' && !definitions.some(d => d.direction === 'action' && d.step === step))
      wrong('no-action', `${name}: no action named ${step}`)
  }
  const final = o.final ?? []
  for (const { type } of final)
    if (!definitions.some(d => d.emits.some(e => e.kind === 'event' && e.type === type)))
      wrong('final-unpublished', `${type} is named as final, but no reaction emits it`)
  const topics = new Set(definitions.flatMap(d => d.emits).flatMap(e => (e.kind === 'event' ? [e.schema.topic] : [])))
  if (topics.size > 1)
    wrong(
      'two-topics',
      `publishes to ${[...topics].join(' and ')}; a participant has one topic, so that its events of a saga stay in order`,
    )
  if (o.audit) checkAudit(o.service, o.audit)
  return { ...o, longestTimerMs: o.longestTimerMs, audit: o.audit, final, reactions: definitions }
}
