import { open } from 'node:fs/promises'
import type { Basket } from '../../told/told.ts'

/** An order, sent by itself or with others. */
export type OrderWish = {
  readonly wish: 'order'
  readonly key: string
  readonly visit: number
  readonly kind: string
} & Basket
/** What is asked for. `key` is the Idempotency-Key, and names the request. */
export type Wish =
  | OrderWish
  | { readonly wish: 'cancel' | 'refund'; readonly key: string; readonly orderId: string }
  | { readonly wish: 'deposit'; readonly key: string; readonly customerId: string; readonly amountMinor: number }
  | { readonly wish: 'receipt'; readonly key: string; readonly sku: string; readonly quantity: number }
/** The first answer that ended a request: a yes, or a no. */
export interface Reply {
  readonly reply: string
  readonly status: number
  readonly body: any
}
export type Entry = Wish | Reply

export interface Journal {
  /** Resolves when it is on the disk: before that a wish is not sent, and an answer does not count. */
  write(entry: Entry): Promise<void>
  close(): Promise<void>
}

/** The load's own account of what it asked for and was answered, as JSON lines. Entries that come together share a sync. */
export async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, 'ax')
  let waiting: { line: string; written: PromiseWithResolvers<void> }[] = []
  let running: Promise<void> | undefined

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      const together = waiting
      waiting = []
      try {
        await file.appendFile(together.map(({ line }) => line).join(''))
        await file.datasync()
        for (const { written } of together) written.resolve()
      } catch (error) {
        for (const { written } of together) written.reject(error)
      }
    }
    running = undefined
  }

  return {
    write(entry) {
      const written = Promise.withResolvers<void>()
      waiting.push({ line: `${JSON.stringify(entry)}\n`, written })
      running ??= flush()
      return written.promise
    },
    async close() {
      await running
      await file.close()
    },
  }
}

/** Reads a journal from the disk, from its beginning. A line that was cut off is no entry: nobody was told that it counts. */
export async function* readJournal(path: string): AsyncGenerator<Entry> {
  const file = await open(path)
  for await (const line of file.readLines()) {
    const entry = parse(line)
    if (entry) yield entry
  }
}

function parse(line: string): Entry | undefined {
  try {
    return JSON.parse(line) as Entry
  } catch {
    return undefined
  }
}
