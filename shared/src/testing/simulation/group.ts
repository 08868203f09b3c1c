import { type Place, placeOf } from './topics.ts'

/** One who takes part in a group, as it knows itself: it may have been thrown out and not know it yet. */
export interface Member {
  readonly name: string
  assigned: readonly number[]
  /** The next offset to fetch, of each place. */
  readonly positions: Map<Place, number>
}

/** The consumer group of a service: partition n of all topics goes to the same member. */
export class Group<M extends Member> {
  readonly #topics: readonly string[]
  readonly #partitions: number
  readonly #members = new Set<M>()
  readonly #committed = new Map<Place, number>()
  readonly #assigned: (member: M) => void

  constructor(o: { topics: readonly string[]; partitions: number; assigned: (member: M) => void }) {
    this.#topics = o.topics
    this.#partitions = o.partitions
    this.#assigned = o.assigned
  }

  has(member: M): boolean {
    return this.#members.has(member)
  }
  join(member: M): void {
    this.#members.add(member)
    this.rebalance()
  }
  leave(member: M): void {
    if (this.#members.delete(member)) this.rebalance()
  }

  /** What was read again is not committed for: the offsets never go back by themselves. */
  commit(member: M, place: Place, next: number): void {
    if (!this.#members.has(member)) return
    this.#committed.set(place, Math.max(next, this.#committed.get(place) ?? 0))
  }

  /** Somebody resets the group: all of it is read again from there. */
  setBack(records: (place: Place) => number): void {
    for (const place of this.#places(Array.from({ length: this.#partitions }, (_, n) => n)))
      this.#committed.set(place, Math.max(0, (this.#committed.get(place) ?? 0) - records(place)))
    for (const member of this.#members) member.assigned = []
    this.rebalance()
  }

  rebalance(): void {
    const members = [...this.#members].sort((a, b) => (a.name < b.name ? -1 : 1))
    members.forEach((member, nth) => {
      const before = new Set(member.assigned)
      const assigned = Array.from({ length: this.#partitions }, (_, n) => n).filter(n => n % members.length === nth)
      const places = this.#places(assigned)
      for (const place of member.positions.keys()) if (!places.includes(place)) member.positions.delete(place)
      for (const place of places)
        if (!before.has(Number(place.slice(place.lastIndexOf('/') + 1))))
          member.positions.set(place, this.#committed.get(place) ?? 0)
      member.assigned = assigned
      this.#assigned(member)
    })
  }

  #places(partitions: readonly number[]): Place[] {
    return this.#topics.flatMap(topic => partitions.map(partition => placeOf(topic, partition)))
  }
}
