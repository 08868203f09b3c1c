import type { SagaViolation, Violation } from './violation.ts'

const namedViolations = 1_000

/** Counts every violation and keeps the first: a report of a million says no more than one of a thousand. */
export class ViolationCount {
  readonly #plain: { found: number; violations: Violation[] } = { found: 0, violations: [] }
  readonly #discarded: { found: number; violations: SagaViolation[] } = { found: 0, violations: [] }

  add(violations: readonly Violation[]): void {
    for (const violation of violations) {
      if (isDiscarded(violation)) keep(this.#discarded, violation)
      else keep(this.#plain, violation)
    }
  }
  addUnnamed(count: number): void {
    this.#plain.found += count
  }
  report() {
    return { ...this.#plain, discarded: this.#discarded }
  }
}

function keep<V>(into: { found: number; violations: V[] }, violation: V): void {
  into.found++
  if (into.violations.length < namedViolations) into.violations.push(violation)
}

const isDiscarded = (violation: Violation): violation is SagaViolation =>
  'discarded' in violation && violation.discarded.length > 0
