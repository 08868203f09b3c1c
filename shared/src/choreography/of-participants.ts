/** The choreography of participants that a test imports; `saga check` and `saga graph` ask those that run. */
import type { Participant } from '../participant.ts'
import { declarationOf } from '../runtime/declaration.ts'
import { checkChoreography } from './check.ts'
import type { Finding } from './finding.ts'
import { mermaidOf } from './mermaid.ts'

export type { Finding } from './finding.ts'

type Participants = readonly Participant<any, any>[]

/** @example expect(whatTheChoreographyGetsWrong([order, inventory, balance])).toEqual([]) */
export const whatTheChoreographyGetsWrong = (participants: Participants): Finding[] =>
  checkChoreography(participants.map(each => declarationOf(each)))

/** Mermaid, as `saga graph` prints it. */
export const choreographyGraph = (participants: Participants): string =>
  mermaidOf(participants.map(each => declarationOf(each)))
