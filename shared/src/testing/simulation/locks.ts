import type { Steps } from './steps.ts'
import { Deadlock } from './trouble.ts'

/** Who holds locks: a transaction, until it ends. */
export interface Owner {
  waitsFor: Owner | undefined
  /** Called when it ends, once each: those who wait for it look again. */
  readonly behind: (() => void)[]
}

export const newOwner = (): Owner => ({ waitsFor: undefined, behind: [] })

/** Row locks of one database, by name. A row that was inserted and has not committed is locked for whoever inserts it too. */
export class Locks {
  readonly #holders = new Map<string, Owner>()

  release(owner: Owner): void {
    owner.waitsFor = undefined
    for (const [name, holder] of this.#holders) if (holder === owner) this.#holders.delete(name)
    for (const lookAgain of owner.behind.splice(0)) lookAgain()
  }

  /** @throws Deadlock when those ahead wait for this one: PostgreSQL ends one of them */
  *take(owner: Owner, name: string): Steps<void> {
    for (;;) {
      const holder = this.#holders.get(name)
      if (!holder || holder === owner) break
      for (let next: Owner | undefined = holder; next; next = next.waitsFor) if (next === owner) throw new Deadlock()
      owner.waitsFor = holder
      yield { at: 'blocked', whenFree: lookAgain => void holder.behind.push(lookAgain) }
    }
    owner.waitsFor = undefined
    this.#holders.set(name, owner)
  }
}
