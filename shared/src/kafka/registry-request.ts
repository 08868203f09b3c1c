import { SchemaRegistry as Client } from '@kafkajs/confluent-schema-registry'
import { PermanentError } from '../errors.ts'

/** The registry gave no usable answer. This says nothing about the message: wait and ask again (rule 21). */
export class RegistryUnavailable extends Error {
  readonly code = 'registry-unavailable'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RegistryUnavailable'
  }
}

/** The registry answered, and the answer is no. */
export class RegistryRefusal extends Error {
  /** 0 when it was the client that found the fault. */
  readonly status: number
  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/**
 * One request, or the few that belong together, with an end.
 * A client of its own for each: the library remembers a request by its schema id until it ends, and one whose
 * connection broke inside the answer never does, so that a shared client would never ask for that id again.
 */
export async function askRegistry<T>(
  { host, auth }: Address,
  timeoutMs: number,
  call: (client: Client) => Promise<T>,
): Promise<T> {
  const end = new AbortController()
  const endable = () => ({
    prepareRequest: async (next: () => Promise<any>) => (await next()).enhance({ signal: end.signal }),
  })
  const client = new Client({ host, ...(auth && { auth }), retry: { retries: 0 }, middlewares: [endable as never] })
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new RegistryUnavailable(`the schema registry at ${host} has not answered within ${timeoutMs} ms`))
      end.abort()
    }, timeoutMs)
  })
  try {
    return await Promise.race([call(client), deadline])
  } catch (error) {
    throw judge(host, error as Error & { status?: number })
  } finally {
    clearTimeout(timer)
  }
}

function judge(host: string, error: Error & { status?: number }): Error {
  if (error instanceof RegistryUnavailable || error instanceof PermanentError) return error
  // What the library throws when a look-up was answered with 404.
  const status = error.name === 'ConfluentSchemaRegistryError' ? 404 : error.status
  if (status === undefined && error.name.startsWith('ConfluentSchemaRegistry'))
    return new RegistryRefusal(error.message, 0)
  // The library words an answer without a message of the registry's own like this: a proxy's, or that of a wrong URL. It
  // words a lost connection so too, and gives it the status 400.
  const isForeign = error.message.includes(`Error, status ${status}`)
  const message = error.message.replace(/^\S+ - |\.$/g, '')
  if (!isForeign && (status === 404 || status === 409 || status === 422)) return new RegistryRefusal(message, status)
  return new RegistryUnavailable(`the schema registry at ${host} gave no usable answer: ${message}`, { cause: error })
}

/**
 * Whether the registry has a schema of that id, asked without the library: the answer makes dead letters, so it must be the
 * registry's own. The library drops the error code and takes any 200 for a schema, and while the registry is away a proxy
 * may well answer 404 with a message, or 200 with a page.
 */
export async function confirmSchema(address: Address, timeoutMs: number, id: number): Promise<boolean> {
  const { host } = address
  const headers = authorization(address)
  try {
    const response = await fetch(`${host}/schemas/ids/${id}`, { headers, signal: AbortSignal.timeout(timeoutMs) })
    const body = (await response.json()) as { error_code?: unknown; schema?: unknown } | null
    if (response.status === 404 && typeof body?.error_code === 'number') return false
    if (response.status === 200 && typeof body?.schema === 'string') return true
  } catch (cause) {
    throw new RegistryUnavailable(`the schema registry at ${host} cannot be asked for schema ${id}`, { cause })
  }
  throw new RegistryUnavailable(
    `${host} does not answer like a schema registry when it is asked for schema ${id}; check SCHEMA_REGISTRY_URL`,
  )
}

export interface Address {
  readonly host: string
  readonly auth: { readonly username: string; readonly password: string } | undefined
}

export const authorization = ({ auth }: Address): Record<string, string> =>
  auth ? { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` } : {}

/** Credentials are taken out of the URL, so that no error message shows them. */
export function addressOf(url: string): Address {
  const { username, password, origin, pathname } = new URL(url)
  const auth = username ? { username: decodeURIComponent(username), password: decodeURIComponent(password) } : undefined
  return { host: origin + pathname.replace(/\/$/, ''), auth }
}
