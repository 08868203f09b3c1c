import type { Process } from './process.ts'
import type { Place } from './topics.ts'
import { delayMs } from './world.ts'

const mostOfAPlace = 4

/** How a process reads its topics: a batch at a time, and offsets only behind what has committed. */
export class Fetching {
  /** The next offset to fetch, of each place that is assigned. */
  readonly positions = new Map<Place, number>()
  readonly #process: Process
  #isBusy = false

  constructor(process: Process) {
    this.#process = process
  }

  /** Something was published, or assigned. */
  wake(): void {
    if (this.#isBusy) return
    this.#isBusy = true
    this.#process.after(delayMs(this.#process.service.world), () => this.#fetch())
  }

  #fetch(): void {
    const { positions } = this
    const { world, intake, group } = this.#process.service
    const { random, topics, clock } = world
    const behind = random.shuffled([...positions.keys()]).filter(place => topics.end(place) > positions.get(place)!)
    this.#isBusy = behind.length > 0
    // Not all places at once: what is left out comes later than what came later.
    const [first, ...others] = behind
    if (first === undefined) return
    const fetched = [first, ...others.filter(() => random.chance(0.5))].map(place => {
      const from = positions.get(place)!
      const records = topics.read(place, from, random.int(1, mostOfAPlace))
      positions.set(place, from + records.length)
      return { place, records, next: from + records.length }
    })
    const records = fetched.flatMap(each => each.records)
    this.#process.work(intake.readKnown(records, clock.nowMs), () =>
      this.#process.after(delayMs(world), () => {
        // Rule 8: only of partitions that are assigned now.
        for (const { place, next } of fetched) if (positions.has(place)) group.commit(this.#process, place, next)
        this.#isBusy = false
        this.wake()
      }),
    )
  }
}
