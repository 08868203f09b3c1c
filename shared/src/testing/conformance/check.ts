import { deepStrictEqual } from 'node:assert/strict'
import type { Standing } from './played.ts'

/** One line of the checklist. */
export interface Check {
  readonly title: string
  /** @throws Error that says what was seen instead, and what to do */
  readonly check: () => Promise<void>
}

/** Fails with all that was found, a line each. */
export function nothing(found: readonly string[]): void {
  if (found.length > 0) throw new Error([...new Set(found)].join('\n'))
}

/** @throws AssertionError that begins with what was done, and shows the difference */
export function sameStanding(whatWasDone: string, actual: Standing, expected: Standing): void {
  try {
    deepStrictEqual(actual, expected)
  } catch (error) {
    ;(error as Error).message = `${whatWasDone}, it is left with something else:\n${(error as Error).message}`
    throw error
  }
}
