import { isDeepStrictEqual } from 'node:util'
import type { Decision } from '../core/decision.ts'
import { messageOf } from '../core/fail.ts'
import { textHeader } from '../core/headers.ts'
import { rowInJson } from '../core/images.ts'
import type { Rules } from '../core/rules.ts'
import type { Row } from '../core/views.ts'
import type { Message } from '../messages.ts'
import type { Store } from '../postgres/transaction.ts'
import type { DryRun } from './contract.ts'

type Changed = { readonly table: string; readonly key: string; readonly before: Row | null; after: Row | null }

/** Collects what the messages of a dry run did, one after another. */
export class DryRunReport {
  readonly #store: Store
  readonly #steps: DryRun['steps'] = []
  readonly #rows = new Map<string, Changed>()
  readonly #published: DryRun['published'] = []
  readonly #encoded = new Map<string, Message>()

  constructor(store: Store) {
    this.#store = store
  }

  /** The participant's, but that the events are remembered as they were before they became bytes. */
  get rules(): Rules {
    const { rules } = this.#store
    return {
      ...rules,
      encode: (event, meta) => {
        this.#encoded.set(meta.id, event)
        return rules.encode(event, meta)
      },
    }
  }

  get hasFailed(): boolean {
    return this.#steps.some(({ outcome }) => outcome === 'failed' || outcome === 'dead')
  }
  took(id: string): boolean {
    return this.#steps.some(step => step.id === id)
  }

  add({ decided, calls, outbox, loaded }: Decision): void {
    for (const { delivery, outcome, code, error } of decided) {
      const { step, direction, trigger } = delivery.reaction
      this.#steps.push({
        ...{ id: delivery.id, messageType: trigger.type, step, outcome, code: code ?? null },
        direction: direction === 'local' ? null : direction,
        error: error === undefined ? null : messageOf(error),
        request: calls.find(call => call.delivery === delivery)?.request ?? null,
      })
    }
    for (const { topic, headers } of outbox) {
      const id = textHeader(headers, 'ce_id')
      const event = id === undefined ? undefined : this.#encoded.get(id)
      if (topic !== this.#store.rules.letterTopic && id !== undefined && event)
        this.#published.push({ id, type: event.type, topic, event })
    }
    for (const { name, atLoad, current } of loaded.tables.values()) {
      const table = this.#store.tables.find(t => t.name === name)!.table
      for (const [key, row] of current) this.#changed(table, key, shown(atLoad.get(key)), shown(row))
    }
  }

  #changed(table: string, key: string, before: Row | null, after: Row | null): void {
    const place = JSON.stringify([table, key])
    const known = this.#rows.get(place)
    if (known) known.after = after
    else this.#rows.set(place, { table, key, before, after })
  }

  summary(): Pick<DryRun, 'steps' | 'rows' | 'published'> {
    const rows = [...this.#rows.values()].filter(({ before, after }) => !isDeepStrictEqual(plain(before), plain(after)))
    return { steps: this.#steps, rows, published: this.#published }
  }
}

const shown = (row: Row | undefined): Row | null => (row ? rowInJson(row) : null)
/** As it is stored: a date that was loaded and the text that was put for it are the same. */
const plain = (row: Row | null): unknown => JSON.parse(JSON.stringify(row))
