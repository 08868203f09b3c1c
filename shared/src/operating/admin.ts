import { z } from 'zod'
import * as contract from '../admin/contract.ts'

/** No answer, or 503: asking again later may help. */
export class Silence extends Error {}
/** An answer, but not one that helps: asking again does not either. */
export class AdminRefusal extends Error {
  readonly status: number
  readonly code: string | undefined
  constructor(message: string, status: number, code?: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

type Query = Readonly<Record<string, string | undefined>>

/** What a replay would do, or why that cannot be tried. */
export type Rehearsed = contract.DryRun | { readonly cannot: string }

/** One participant's admin listener. Each call throws Silence or AdminRefusal, in words that follow the service's name. */
export interface Admin {
  readonly service: string
  readonly url: string
  /** Open letters, oldest death first. */
  letters(where: {
    step?: string | undefined
    error?: string | undefined
    since?: Date | undefined
    sagaId?: string | undefined
  }): AsyncGenerator<contract.Letter>
  /** Undefined when it does not stand dead here. */
  letter(id: string, sagaId: string | null): Promise<contract.LetterDetail | undefined>
  message(id: string, sagaId: string | null): Promise<contract.MessageState>
  /** Undefined when this participant has never seen the saga, or has forgotten it. */
  saga(sagaId: string, timeoutMs?: number): Promise<contract.SagaState | undefined>
  status(timeoutMs?: number): Promise<contract.Status>
  dryRun(letter: contract.LetterRef): Promise<Rehearsed>
  replay(request: contract.ReplayRequest): Promise<contract.ActResult[]>
  restore(request: contract.RestoreRequest): Promise<contract.ActResult[]>
  discard(request: contract.DiscardRequest): Promise<contract.ActResult>
  /** For pages that others walk through, and for what takes longer than the usual `timeoutMs`. */
  get<T>(path: string, query: Query, schema: z.ZodType<T>, timeoutMs?: number): Promise<T | undefined>
}

export interface AdminOptions {
  readonly service: string
  readonly url: string
  readonly token: string | undefined
  /** Why this address is not given the token, and what would give it; undefined when it is. */
  readonly withheld?: string | undefined
  readonly operator: string
  readonly timeoutMs?: number
}

export function createAdmin(o: AdminOptions): Admin {
  const { service, url, timeoutMs: usualMs = 15_000 } = o

  async function ask<T>(
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
    timeoutMs = usualMs,
  ): Promise<T | undefined> {
    const response = await fetch(url + path, {
      headers: {
        accept: 'application/json',
        [contract.operatorHeader]: o.operator,
        ...(o.token !== undefined && o.withheld === undefined && { authorization: `Bearer ${o.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      // The token is for this address, not for one that it names.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    }).catch(error => {
      throw new Silence(`does not answer at ${url}: ${causeOf(error, timeoutMs)}`)
    })
    const text = await textOf(response).catch(error => {
      throw new Silence(`does not finish its answer at ${url}: ${causeOf(error, timeoutMs)}`)
    })
    if (text === undefined)
      throw new AdminRefusal(
        `answers more than ${mostBytes} bytes at ${url}: is this its admin listener?`,
        response.status,
      )
    if (response.ok) return understood(path, schema, text)
    return refused(response.status, text)
  }

  function understood<T>(path: string, schema: z.ZodType<T>, text: string): T {
    const parsed = schema.safeParse(jsonOf(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new AdminRefusal(
      `answers ${path} otherwise than this version of saga expects (${issue?.path.join('.') || 'all of it'}: ${issue?.message}): use the saga of the kit that it runs on`,
      200,
    )
  }

  function refused(status: number, text: string): undefined {
    const problem = problemBody.safeParse(jsonOf(text)).data
    if (status === 404 && problem?.code === 'not-found') return undefined
    const said = problem ? `${problem.code}: ${problem.detail}` : `status ${status}`
    if (status === 503) throw new Silence(`cannot answer now at ${url} (${said})`)
    if (status === 401 || status === 403)
      throw new AdminRefusal(
        `refuses us at ${url} (${said}): ${(o.token && o.withheld) ?? "set ADMIN_TOKEN to the service's own"}`,
        status,
        problem?.code,
      )
    if (status === 404)
      throw new AdminRefusal(`has no such path at ${url} (${said}): is this its admin listener?`, status, problem?.code)
    throw new AdminRefusal(`refuses at ${url} (${said})`, status, problem?.code)
  }

  async function must<T>(answer: Promise<T | undefined>): Promise<T> {
    const found = await answer
    if (found === undefined) throw new AdminRefusal(`answers "not found" at ${url}: is this its admin listener?`, 404)
    return found
  }
  const get = <T>(path: string, query: Query, schema: z.ZodType<T>, timeoutMs?: number) =>
    ask(path + search(query), schema, undefined, timeoutMs)
  const act = async (path: string, body: object) => (await must(ask(path, contract.actResults, body))).results

  return {
    service,
    url,
    get,
    async *letters({ since, ...where }) {
      let after: string | undefined
      do {
        const query = { ...where, since: since?.toISOString(), after, limit: '500' }
        const page = await must(get('/admin/letters', query, contract.letterPage))
        yield* page.letters
        after = page.next ?? undefined
      } while (after !== undefined)
    },
    letter: (id, sagaId) => get('/admin/letter', { id, sagaId: sagaId ?? undefined }, contract.letterDetail),
    message: (id, sagaId) => must(get('/admin/message', { id, sagaId: sagaId ?? undefined }, contract.messageState)),
    saga: (sagaId, timeoutMs) => get(`/admin/sagas/${sagaId}`, {}, contract.sagaState, timeoutMs),
    status: timeoutMs => must(get('/admin/status', {}, contract.status, timeoutMs)),
    dryRun: letter =>
      ask('/admin/dry-runs', contract.dryRun, letter).then(
        found => found ?? { cannot: 'it does not stand dead there' },
        error => {
          const isOfLetter = error instanceof AdminRefusal && error.code?.startsWith('letter-')
          if (!isOfLetter) throw error
          return { cannot: error.message }
        },
      ),
    replay: request => act('/admin/replays', request),
    restore: request => act('/admin/restores', request),
    discard: async request => {
      const [result] = await act('/admin/discards', request)
      if (!result) throw new AdminRefusal('answers a discard with no result', 200)
      return result
    },
  }
}

/** Far more than any answer of an admin listener has; at a declared address there may be anything. */
const mostBytes = 64 * 1024 * 1024

/** Undefined when it is too long: what has no end must not take our memory. */
async function textOf({ body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop ends the connection.
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

const problemBody = z.object({ code: z.string(), detail: z.string() })

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function search(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ''
}

/** fetch says "fetch failed"; what failed is its cause. */
function causeOf(error: unknown, timeoutMs: number): string {
  if ((error as Error).name === 'TimeoutError') return `nothing within ${timeoutMs} ms`
  const cause = (error as { cause?: { code?: string; message?: string } }).cause
  return cause?.code ?? cause?.message ?? (error as Error).message
}
