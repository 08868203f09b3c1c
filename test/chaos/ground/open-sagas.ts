import type pg from 'pg'

export interface OpenSagas {
  /** As the order service's database says now, or as it last said. */
  now(): Promise<number>
  readonly last: number
  stop(): void
}

const everyMs = 2_000

export function watchOpenSagas(pool: pg.Pool): OpenSagas {
  let last = 0
  async function look(): Promise<number> {
    const counted = pool.query('select count(*) from orders where not settled').then(
      ({ rows }) => {
        last = rows[0].count
      },
      () => undefined,
    )
    // A database that is stopped does not say that it is.
    await Promise.race([counted, new Promise(resolve => setTimeout(resolve, 1_000))])
    return last
  }
  const timer = setInterval(() => void look(), everyMs)
  return {
    now: look,
    get last() {
      return last
    },
    stop: () => clearInterval(timer),
  }
}
