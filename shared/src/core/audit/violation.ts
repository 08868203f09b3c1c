import { allSaid, type Disagreement, type Judged, type Party } from './agree.ts'
import type { Statement } from './figures.ts'

interface OfSaga {
  readonly sagaId: string
  readonly ending: string | null
  /** What operators discarded of it, `<service>: <operation>`: it may well be what the violation comes from. */
  readonly discarded: readonly string[]
}
export type SagaViolation =
  | (OfSaga & { readonly kind: 'disagree'; readonly figures: Disagreement })
  /** Somebody speaks of a saga that nobody who settles sagas knows. */
  | (OfSaga & { readonly kind: 'unknown'; readonly knownTo: readonly string[]; readonly figures: Disagreement })
  /** At rest, and neither settled nor blocked by an open letter. */
  | (OfSaga & { readonly kind: 'not-settled' })
  /** At rest, and unfinished in services where no letter of it is open. */
  | (OfSaga & { readonly kind: 'unfinished'; readonly services: readonly string[] })
export type ServiceViolation =
  | {
      readonly kind: 'book'
      readonly service: string
      readonly book: string
      readonly account: string
      readonly parts: Readonly<Record<string, number>>
    }
  /** At rest, with events that were never published. */
  | { readonly kind: 'unpublished'; readonly service: string; readonly events: number }
export type Violation = SagaViolation | ServiceViolation

/** What is wrong with a saga, by what is said of it. */
export function problemsOf(
  parties: readonly Party[],
  { sagaId, said }: { readonly sagaId: string; readonly said: ReadonlyMap<string, Statement> },
  { standing, ending, disagree }: Judged,
  atRest: boolean,
): SagaViolation[] {
  const statements = [...said]
  const discarded = statements.flatMap(([service, s]) => s.discarded.map(operation => `${service}: ${operation}`))
  const saga = { sagaId, ending, discarded }
  const found: SagaViolation[] = []
  if (standing === 'unknown') {
    const knownTo = statements.map(([service]) => service)
    found.push({ ...saga, kind: 'unknown', knownTo, figures: allSaid(parties, said) })
  }
  if (Object.keys(disagree).length > 0) found.push({ ...saga, kind: 'disagree', figures: disagree })
  if (!atRest) return found
  if (standing === 'open' && discarded.length === 0 && !statements.some(([, s]) => s.openLetter))
    found.push({ ...saga, kind: 'not-settled' })
  const services = statements.flatMap(([service, s]) => (s.unfinished && !s.openLetter ? [service] : []))
  if (services.length > 0) found.push({ ...saga, kind: 'unfinished', services })
  return found
}

/** One line, for people. */
export function violationText(violation: Violation): string {
  switch (violation.kind) {
    case 'book': {
      const { service, book, account, parts } = violation
      const sum = Object.values(parts).reduce((total, amount) => total + BigInt(amount), 0n)
      return `${service}, book ${book}, ${account}: ${listed(parts)} come to ${sum}, not to 0`
    }
    case 'unpublished':
      return `${violation.service} is at rest with ${violation.events} events in its outbox`
    case 'disagree':
      return `${nameOf(violation)}: ${figuresText(violation.figures)}`
    case 'unknown': {
      const says = figuresText(violation.figures)
      return `${nameOf(violation)}: known to ${violation.knownTo.join(', ')}, but not to who settles it${says && `; ${says}`}`
    }
    case 'not-settled':
      return `${nameOf(violation)}: at rest, neither settled nor blocked by an open letter`
    case 'unfinished':
      return `${nameOf(violation)}: at rest, but unfinished in ${violation.services.join(', ')} with no open letter there`
  }
}

function nameOf({ sagaId, ending, discarded }: OfSaga): string {
  const discards = discarded.length > 0 ? ` (discarded in ${discarded.join('; ')})` : ''
  return `saga ${sagaId}${ending === null ? '' : ` ${ending}`}${discards}`
}
const listed = (amounts: Readonly<Record<string, number>>) =>
  Object.entries(amounts)
    .map(([who, amount]) => `${who} ${amount}`)
    .join(', ')
const figuresText = (figures: Disagreement) =>
  Object.entries(figures)
    .map(([name, amounts]) => `${name}: ${listed(amounts)}`)
    .join('; ')
