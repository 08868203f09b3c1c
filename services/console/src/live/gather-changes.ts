import type { Change } from '../changes.ts'

/** A page asks again what it shows: more ids than this are as good as all. */
const mostIds = 200

/** Changes on their way to the pages: many of the same kind are one. */
export class GatheredChanges {
  #sagaIds = new Set<string>()
  #more = false
  #kinds = new Set<'letters' | 'declarations' | 'health'>()
  #planIds = new Set<string>()

  add(change: Change): void {
    if (change.kind === 'plan') this.#planIds.add(change.planId)
    else if (change.kind !== 'sagas') this.#kinds.add(change.kind)
    else {
      for (const sagaId of change.sagaIds) {
        if (this.#sagaIds.size === mostIds && !this.#sagaIds.has(sagaId)) this.#more = true
        else this.#sagaIds.add(sagaId)
      }
      this.#more ||= change.more
    }
  }

  /** All since the last time. */
  take(): Change[] {
    const changes: Change[] = [...this.#kinds].map(kind => ({ kind }))
    for (const planId of this.#planIds) changes.push({ kind: 'plan', planId })
    if (this.#sagaIds.size > 0 || this.#more)
      changes.push({ kind: 'sagas', sagaIds: [...this.#sagaIds], more: this.#more })
    this.#sagaIds = new Set()
    this.#more = false
    this.#kinds = new Set()
    this.#planIds = new Set()
    return changes
  }
}
