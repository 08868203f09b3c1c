import type { Reaction } from './graph.ts'

/** What the checks can find; docs/errors.md lists them. */
export const findingCodes = [
  'event-unread',
  'event-unpublished',
  'timer-unset',
  'compensation-missing',
  'cycle-without-exit',
  'cycle-without-entry',
  'step-shared',
] as const

/** Something in the declarations that cannot be meant. */
export interface Finding {
  readonly code: (typeof findingCodes)[number]
  readonly service: string
  readonly step: string
  /** The event or timer that it is about. */
  readonly event: string
  /** What is wrong, of whom, and what to do. */
  readonly text: string
}

export const finding = (
  code: Finding['code'],
  { service, step }: Pick<Reaction, 'service' | 'step'>,
  event: string,
  text: string,
): Finding => ({ code, service, step, event, text })
