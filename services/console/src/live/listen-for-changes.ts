import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from 'saga-kit/parts'
import { type Change, changesChannel } from '../changes.ts'

const reconnectMs = 2_000

/** Hears what any instance tells with `tellChange`, on a connection of its own, which is opened anew when it breaks. */
export function listenForChanges(o: {
  readonly databaseUrl: string
  readonly onChange: (change: Change) => void
  readonly log: Log
}): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await once(o, stopping.signal).catch(error => o.log.debug({ err: error }, 'changes are not heard for a while'))
      await sleep(reconnectMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}

async function once(
  { databaseUrl, onChange }: Parameters<typeof listenForChanges>[0],
  stop: AbortSignal,
): Promise<void> {
  const client = new pg.Client({
    ...{ connectionString: databaseUrl, application_name: 'console changes', keepAlive: true },
    connectionTimeoutMillis: 5_000,
  })
  const { promise: ended, resolve: end } = Promise.withResolvers<void>()
  stop.addEventListener('abort', () => end(), { once: true })
  client.on('error', () => end())
  client.on('end', () => end())
  client.on('notification', ({ payload = '' }) => onChange(JSON.parse(payload)))
  try {
    await client.connect()
    await client.query(`listen ${changesChannel}`)
    // What has changed while nobody listened.
    onChange({ kind: 'sagas', sagaIds: [], more: true })
    await ended
  } finally {
    await client.end().catch(() => undefined)
  }
}
