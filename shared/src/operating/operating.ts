/**
 * What operators' tools are made of: finding the participants by their declarations, asking their admin listeners, tracing,
 * auditing, and acting on dead letters by plans. `saga` is one such tool; none of this knows a terminal.
 */
export * as adminContract from '../admin/contract.ts'
export { checkChoreography } from '../choreography/check.ts'
export { type Graph, graphOf, type Reaction, reach } from '../choreography/graph.ts'
export type { AuditReport } from '../core/audit/audit-over.ts'
export { type Invariant, invariantsOf } from '../core/audit/invariant-lines.ts'
export { type Admin, type AdminOptions, AdminRefusal, createAdmin, type Rehearsed, Silence } from './admin.ts'
export { auditParticipants, violationsThatCount } from './audit.ts'
export { auditMetricDefinitions } from './audit-metrics.ts'
export {
  type Declarations,
  type Declared,
  type DeclaredReaction,
  declaration,
  declarationIn,
  NoSuchTopic,
  readDeclarations,
} from './declarations.ts'
export { decodeLetter } from './decode-letter.ts'
export { discard } from './discard.ts'
export { openLetters, type TopicLetter } from './letter-topic.ts'
export {
  type Found,
  type FoundLetter,
  findLetter,
  findLetters,
  type LetterFilter,
  operationOf,
} from './letters.ts'
export { OperatingError } from './operating-error.ts'
export {
  askAll,
  findDeclarations,
  findParticipants,
  type Participants,
  participantsOf,
  type Silent,
} from './participants.ts'
export type { Reach, SettingNames } from './reach.ts'
export { type Outcome, writeCancelled } from './replay/journal.ts'
export { ownersOf } from './replay/owners.ts'
export { bySaga, type Count, countsOf, type Plan, type PlanLetter, planOf } from './replay/plan.ts'
export { journalOf, loadPlan, plansFolder, savePlan } from './replay/plan-file.ts'
export { type LetterStanding, type PlanStanding, standingOf } from './replay/plan-standing.ts'
export { type Rehearsal, rehearse } from './replay/rehearse.ts'
export { type ReplayPlanOptions, replayPlan } from './replay/replay-plan.ts'
export type { Progress } from './replay/replay-saga.ts'
export type { Summary } from './replay/run-plan.ts'
export type { Awaited } from './trace/awaited.ts'
export { readTrace } from './trace/read-trace.ts'
export { type Trace, type TracedStep, traceOf } from './trace/trace-of.ts'
