/** The public surface of the kit: what a participant is written with. */
export {
  type Audit,
  auditOf,
  type Figure,
  figure,
  none,
  type Posting,
  posting,
  type Settlement,
} from './audit.ts'
export { PermanentError, StartError, TargetUnreachable } from './errors.ts'
export {
  type CommandType,
  command,
  type Event,
  type EventSchema,
  type EventType,
  event,
  type Message,
  type Timer,
  type TimerType,
  timer,
} from './messages.ts'
export {
  type Accepted,
  type Answered,
  accept,
  after,
  type CancelTimer,
  cancel,
  type Outcome,
  type Refusal,
  type Refused,
  type Rejected,
  refuse,
  refused,
  reject,
  type SetTimer,
  type Succeeded,
  succeed,
} from './outcomes.ts'
export { type Participant, participant } from './participant.ts'
export type { CallIo, Context, Reaction, ReactionDefinition, Tx } from './reaction.ts'
export {
  durationMs,
  type Setting,
  type Settings,
  setting,
  type ValuesOf,
  wholeNumber,
} from './settings.ts'
export {
  type Lookup,
  type Lookups,
  type RowOf,
  type State,
  type States,
  state,
  type View,
  type Views,
} from './states.ts'
