import { avroType, FRAME_BYTES, type Registry, RegistryUnavailable, writerId } from 'saga-kit/observing'

type Reader = { read(bytes: Buffer): unknown } | 'unreadable' | 'missing'

export type Decoded =
  | { readonly event: unknown; readonly unread: null }
  /** `undecodable` for good; `schema`: the registry may yet say how to read it. */
  | { readonly event: null; readonly unread: 'undecodable' | 'schema' }

/**
 * Reads events by the schemas that they were written with; it has none of its own. A registry that does not answer stops
 * nothing: what it would be needed for is read later.
 */
export class Decoder {
  readonly #registry: Pick<Registry, 'find'>
  readonly #paused: (isPaused: boolean, error?: unknown) => void
  readonly #readers = new Map<number, Exclude<Reader, 'missing'>>()
  /** Of ids that the registry does not know, or could not be asked for: not again before. */
  readonly #notBeforeMs = new Map<number, number>()

  constructor(registry: Pick<Registry, 'find'>, paused: (isPaused: boolean, error?: unknown) => void) {
    this.#registry = registry
    this.#paused = paused
  }

  /** Asks for the schemas of these values that are not known. Never rejects. */
  async prepare(values: Iterable<Buffer | null>): Promise<void> {
    const ids = new Set<number>()
    for (const value of values) {
      const id = writerId(value)
      if (id !== undefined && !this.#readers.has(id) && (this.#notBeforeMs.get(id) ?? 0) <= performance.now())
        ids.add(id)
    }
    // A batch of garbage can name thousands.
    for (const id of [...ids].slice(0, mostAtOnce)) if (!(await this.#find(id))) return
  }

  decode(value: Buffer | null): Decoded {
    const id = writerId(value)
    if (value === null || id === undefined) return undecodable
    const reader = this.#readers.get(id)
    if (reader === undefined) return { event: null, unread: 'schema' }
    if (reader === 'unreadable') return undecodable
    try {
      return { event: reader.read(value.subarray(FRAME_BYTES)), unread: null }
    } catch {
      return undecodable
    }
  }

  /** False when the registry does not answer: then no other id need be asked for. */
  async #find(id: number): Promise<boolean> {
    try {
      const schema = await this.#registry.find(id)
      this.#paused(false)
      if (schema === undefined) this.#notYet(id, missingForMs)
      else {
        const type = avroType(schema)
        this.#readers.set(id, { read: bytes => plain(type.fromBuffer(bytes)) })
      }
    } catch (error) {
      if (error instanceof RegistryUnavailable) {
        this.#paused(true, error)
        this.#notYet(id, awayForMs)
        return false
      }
      this.#readers.set(id, 'unreadable')
    }
    return true
  }

  #notYet(id: number, forMs: number): void {
    if (this.#notBeforeMs.size > 10_000) this.#notBeforeMs.clear()
    this.#notBeforeMs.set(id, performance.now() + forMs)
  }
}

const undecodable = { event: null, unread: 'undecodable' } as const
const mostAtOnce = 50
const missingForMs = 10_000
const awayForMs = 1_000
const deepest = 64

/** As it goes into JSON: bytes as base64, numbers that JSON has not as text. @throws when it is nested too deeply to be stored */
function plain(value: unknown, depth = 0): unknown {
  if (depth > deepest) throw new Error(`nested deeper than ${deepest}`)
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value))) return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (Array.isArray(value)) return value.map(item => plain(item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item, depth + 1)]))
}
