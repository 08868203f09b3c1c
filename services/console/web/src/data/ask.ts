/** What the server says when it does not do what was asked: an RFC 9457 problem. */
export class Problem extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

type Asking = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> }

/** Asks the console's server. @throws Problem when it answers with one; TypeError when it cannot be reached. */
export async function ask<Answer>(path: string, init: Asking = {}): Promise<Answer> {
  const response = await fetch(path, { ...init, headers: { accept: 'application/json', ...init.headers } })
  if (!response.ok) throw await problemOf(response)
  return response.status === 204 ? (undefined as Answer) : ((await response.json()) as Answer)
}

/** What changes something. The header is one that no form of another site can send. */
export const tell = <Answer>(path: string, body: unknown = {}, method: 'POST' | 'DELETE' = 'POST') =>
  ask<Answer>(path, {
    method,
    headers: { 'content-type': 'application/json', 'saga-console': '1' },
    body: JSON.stringify(body),
  })

async function problemOf(response: Response) {
  const body = await response.json().catch(() => undefined)
  const { code, detail, title } = typeof body === 'object' && body !== null ? body : {}
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim()
  return new Problem(response.status, code ?? 'unknown', detail ?? title ?? fallback)
}

/** A path with those parameters that are told; an empty text is. */
export function withQuery(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null)
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return search ? `${path}?${search}` : path
}
