import type { Judged, Party } from './agree.ts'
import { familyOf, type Statement } from './figures.ts'

/** How the sagas stand. Each is counted once: as settled, later, open, moved on or unknown. */
export interface SagaCounts {
  /** By what the participant that settles them calls it. */
  readonly endings: Readonly<Record<string, { readonly settled: number; readonly open: number }>>
  /** Settled before the moment: these were compared. */
  readonly settled: number
  /** Settled since: left out. */
  readonly later: number
  readonly open: number
  /** Seemed wrong, and had changed when we looked again: they say nothing. */
  readonly movedOn: number
  readonly unknown: number
  /** Open, with an open letter. */
  readonly blocked: number
  /** With a discarded message, however they stand. */
  readonly discarded: number
}
/** One invariant over all services: who declares the family, and what each says in sum. */
export interface FamilyTotals {
  readonly family: string
  readonly services: readonly string[]
  /** Settled sagas of which somebody names a figure of it. */
  readonly sagas: number
  /** Figure -> service -> sum over the settled sagas. */
  readonly sums: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Adds up what the audit has seen. */
export class Tally {
  readonly #parties: readonly Party[]
  readonly #endings = new Map<string, { settled: number; open: number }>()
  readonly #counts = { settled: 0, later: 0, open: 0, movedOn: 0, unknown: 0, blocked: 0, discarded: 0 }
  readonly #families: ReadonlyMap<string, { sagas: number; sums: Map<string, Record<string, number>> }>

  constructor(parties: readonly Party[]) {
    this.#parties = parties
    const families = [...new Set(parties.flatMap(party => party.families))].sort()
    this.#families = new Map(families.map(family => [family, { sagas: 0, sums: new Map() }]))
  }

  movedOn(): void {
    this.#counts.movedOn++
  }

  count({ standing, ending }: Judged, said: ReadonlyMap<string, Statement>): void {
    if (standing === 'nobody') return
    this.#counts[standing]++
    const statements = [...said.values()]
    if (statements.some(s => s.discarded.length > 0)) this.#counts.discarded++
    if (standing === 'open' && statements.some(s => s.openLetter)) this.#counts.blocked++
    if (ending !== null) {
      const counted = this.#endings.get(ending) ?? { settled: 0, open: 0 }
      this.#endings.set(ending, counted)
      counted[standing === 'open' ? 'open' : 'settled']++
    }
    if (standing === 'settled') this.#add(said)
  }

  #add(said: ReadonlyMap<string, Statement>): void {
    const seen = new Set<string>()
    for (const [service, { figures }] of said)
      for (const [name, amount] of Object.entries(figures)) {
        const family = familyOf(name)
        const { sums } = this.#families.get(family)!
        const sum = sums.get(name) ?? this.#zeroes(family)
        sums.set(name, sum)
        sum[service] = (sum[service] ?? 0) + amount
        seen.add(family)
      }
    for (const family of seen) this.#families.get(family)!.sagas++
  }

  #declaring(family: string): string[] {
    return this.#parties.filter(({ families }) => families.includes(family)).map(({ service }) => service)
  }
  #zeroes(family: string): Record<string, number> {
    return Object.fromEntries(this.#declaring(family).map(service => [service, 0]))
  }

  counts(): SagaCounts {
    return { endings: Object.fromEntries([...this.#endings].sort(([a], [b]) => (a < b ? -1 : 1))), ...this.#counts }
  }
  families(): FamilyTotals[] {
    return [...this.#families].map(([family, { sagas, sums }]) => ({
      ...{ family, services: this.#declaring(family), sagas },
      sums: Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1))),
    }))
  }
}
