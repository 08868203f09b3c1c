import type { FastifyReply } from 'fastify'
import { Problem, problem } from 'saga-kit/parts'
import type {} from '../access/session.ts'
import type { Change } from '../changes.ts'
import type { LiveEvent, Plan } from '../contract.ts'
import type { Route } from '../http/route.ts'
import { GatheredChanges } from './gather-changes.ts'

export interface LiveOptions {
  /** As pages show it; undefined for one that is no more. */
  readonly planOf: (planId: string) => Promise<Plan | undefined>
  /** Told how many pages listen, with each that comes or goes. */
  readonly listening?: (pages: number) => void
  readonly limits?: Partial<typeof usualLimits>
}
export interface Live {
  readonly route: Route
  /** Of this instance or another. */
  changed(change: Change): void
  /** Pages that listen. */
  readonly listeners: number
  stop(): void
}

const usualLimits = {
  /** A few a second are as good as all to people. */
  everyMs: 300,
  /** Keeps what stands between from closing it, and tells of a page that is gone. */
  heartbeatMs: 15_000,
  mostListeners: 200,
  /** Of one session, or, where nobody signs in, of one address: nobody takes all places. */
  mostOfOne: 20,
  /** Of bytes that a page has not taken: it comes back when it can. */
  mostBehind: 256 * 1024,
  /** Who has lost his rights meanwhile is told so when he comes back. */
  longestMs: 5 * 60_000,
}

/** GET /api/live : server-sent events, unnamed, each the JSON of a LiveEvent (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export function createLive({ planOf, listening = () => {}, limits }: LiveOptions): Live {
  const { everyMs, heartbeatMs, mostListeners, mostOfOne, mostBehind, longestMs } = { ...usualLimits, ...limits }
  /** Each with who listens. */
  const listeners = new Map<FastifyReply['raw'], string>()
  const gathered = new GatheredChanges()
  let timer: NodeJS.Timeout | undefined

  function write(text: string): void {
    for (const raw of listeners.keys()) {
      const isOver = raw.writableEnded
      if (!isOver) raw.write(text)
      // Not `end`: what it has not taken would still be kept for it. Nor is one waited for that does not take its end: whoever
      // takes nothing any more would keep its place from the others for ever.
      if (isOver || raw.writableLength > mostBehind) raw.destroy()
    }
  }

  async function flush(): Promise<void> {
    timer = undefined
    for (const change of gathered.take()) {
      const event = await eventOf(change).catch(() => undefined)
      if (event) write(`data: ${JSON.stringify(event)}\n\n`)
    }
  }
  async function eventOf(change: Change): Promise<LiveEvent | undefined> {
    if (change.kind === 'sagas') return { ...change, sagaIds: [...change.sagaIds] }
    if (change.kind !== 'plan') return change
    const plan = await planOf(change.planId)
    return plan && { kind: 'plan', plan }
  }

  const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs).unref()

  return {
    get listeners() {
      return listeners.size
    },
    changed(change) {
      if (listeners.size === 0) return
      gathered.add(change)
      timer ??= setTimeout(() => void flush(), everyMs)
    },
    stop() {
      clearInterval(heartbeat)
      clearTimeout(timer)
      for (const raw of listeners.keys()) raw.end()
    },
    route: {
      ...{ method: 'GET', path: '/api/live', right: 'read' },
      async handle({ session, ip }, reply, closing) {
        if (listeners.size >= mostListeners)
          throw problem('overloaded', `${mostListeners} pages listen already`, { retryAfterSeconds: 30 })
        const who = session && session.kind !== 'local' ? session.id : ip
        if ([...listeners.values()].filter(each => each === who).length >= mostOfOne) throw tooManyOfOne(mostOfOne)
        const { raw } = reply
        const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
        reply.hijack()
        raw.writeHead(200, { ...reply.getHeaders(), ...headers } as Record<string, string>)
        raw.write('retry: 2000\n\n')
        listeners.set(raw, who)
        listening(listeners.size)
        const end = () => raw.end()
        const leftMs = session?.expiresAt ? session.expiresAt.getTime() - Date.now() : longestMs
        const over = setTimeout(end, Math.min(leftMs, longestMs))
        closing.addEventListener('abort', end, { once: true })
        raw.on('error', () => {})
        raw.once('close', () => {
          clearTimeout(over)
          closing.removeEventListener('abort', end)
          listeners.delete(raw)
          listening(listeners.size)
        })
      },
    },
  }
}

const tooManyOfOne = (most: number) =>
  new Problem({
    ...{ status: 429, title: 'Too Many Requests', type: 'about:blank', code: 'too-many-pages' },
    detail: `${most} pages of this session listen already: close some of them`,
    retryAfterSeconds: 30,
  })
