import { Connection, type Reply } from './connection.ts'

/** So many requests under way at most; what comes beyond waits for its turn, in the order in which it came. */
export class Connections {
  readonly #all: Connection[]
  readonly #idle: Connection[]
  #waiting: ((connection: Connection | undefined) => void)[] = []
  /** Where the queue begins: thousands may wait, and to shift an array of them takes time. */
  #first = 0

  /** Spread evenly over the instances at these addresses. */
  constructor(urls: readonly string[], most: number) {
    this.#all = Array.from({ length: most }, (_, i) => new Connection(urls[i % urls.length]!))
    this.#idle = [...this.#all]
  }

  /** Never rejects. Undefined for a request that was given up before it was sent. */
  async post(path: string, headers: string, body: string): Promise<Reply | undefined> {
    const connection =
      this.#idle.shift() ?? (await new Promise<Connection | undefined>(resolve => this.#waiting.push(resolve)))
    if (!connection) return undefined
    const reply = await connection.post(path, headers, body)
    const next = this.#waiting[this.#first]
    if (next) {
      this.#first++
      next(connection)
    } else {
      this.#waiting = []
      this.#first = 0
      this.#idle.push(connection)
    }
    return reply
  }

  /** What waits for its turn is not sent any more. */
  giveUpWaiting(): void {
    const waiting = this.#waiting.slice(this.#first)
    this.#waiting = []
    this.#first = 0
    for (const giveUp of waiting) giveUp(undefined)
  }

  close(): void {
    for (const connection of this.#all) connection.close()
  }
}
