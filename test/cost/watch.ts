import { Session } from 'node:inspector/promises'
import type pg from 'pg'

export interface Cost {
  readonly transactions: number
  readonly statements: number
  /** Times that something was sent after an answer had come: what is sent together is waited for once. */
  readonly roundTrips: number
  /** Statements that are a transaction of their own: deletions of what is acknowledged. */
  readonly alone: number
}

/** Counts what goes over the connections of a pool; to be called before the first one is made. */
export function countRoundTrips(pool: pg.Pool): () => Cost {
  const cost = { transactions: 0, statements: 0, roundTrips: 0, alone: 0 }
  pool.on('connect', client => {
    const query = client.query.bind(client) as (...args: unknown[]) => Promise<unknown> | undefined
    let hasAnswered = true
    const answered = () => {
      hasAnswered = true
    }
    client.query = ((...args: unknown[]) => {
      const answer = query(...args)
      // What has a callback comes from the pool itself, and is no part of a transaction.
      if (!answer) {
        cost.alone++
        return answer
      }
      cost.statements++
      if (args[0] === 'commit') cost.transactions++
      if (hasAnswered) cost.roundTrips++
      hasAnswered = false
      answer.then(answered, answered)
      return answer
    }) as typeof client.query
  })
  return () => ({ ...cost })
}

/** What this pool's connections have written to the write-ahead log, and how many pages as a whole, as the first change since a checkpoint is. */
export async function walOf(pool: pg.Pool, connections: number): Promise<{ bytes: number; pages: number }> {
  const clients = await Promise.all(Array.from({ length: connections }, () => pool.connect()))
  try {
    const counts = await Promise.all(
      clients.map(async client => {
        // A backend reports now and then; the second statement sees what the first one made it report.
        await client.query('select pg_stat_force_next_flush()')
        const { rows } = await client.query(
          'select wal_bytes::float8 as bytes, wal_fpi::float8 as pages from pg_stat_get_backend_wal(pg_backend_pid())',
        )
        return rows[0] as { bytes: number; pages: number }
      }),
    )
    return counts.reduce((sum, { bytes, pages }) => ({ bytes: sum.bytes + bytes, pages: sum.pages + pages }))
  } finally {
    for (const client of clients) client.release()
  }
}

const sampleEveryBytes = 16_384

/** About how many bytes of JavaScript objects the work allocates in this thread: sampled, so that it is exact to some per cent. */
export async function allocatedBy(work: () => Promise<void>): Promise<number> {
  const session = new Session()
  session.connect()
  try {
    await session.post('HeapProfiler.startSampling', {
      ...{ samplingInterval: sampleEveryBytes, includeObjectsCollectedByMajorGC: true },
      includeObjectsCollectedByMinorGC: true,
    })
    await work()
    const { profile } = await session.post('HeapProfiler.stopSampling')
    return sizeOf(profile.head)
  } finally {
    session.disconnect()
  }
}

interface ProfileNode {
  readonly selfSize: number
  readonly children: readonly ProfileNode[]
}
const sizeOf = ({ selfSize, children }: ProfileNode): number =>
  children.reduce((sum, child) => sum + sizeOf(child), selfSize)
