import type { Peer, Variant } from './peer.ts'

/** A variant, and what it did. */
export interface TriedVariant extends Variant {
  /** Undefined when it broke what always holds. */
  readonly sagasPerSecond: number | undefined
  readonly violations: readonly string[]
}

/** What does less than 3% more than another may be as good as it. */
const leastRise = 1.03
/** One try may have been disturbed. */
const triesInVain = 2

/**
 * A peer's best: for each number of processes, twice as many orders under way each time, until that has done no good twice in
 * a row.
 * @param together instead of the search: only so many orders under way
 */
export async function tryVariants(
  { least, connectionsFor, processes }: Pick<Peer, 'least' | 'connectionsFor' | 'processes'>,
  tryOut: (variant: Variant) => Promise<TriedVariant>,
  together?: number,
): Promise<TriedVariant[]> {
  const all: TriedVariant[] = []
  for (const count of processes) {
    let [best, inVain] = [0, 0]
    for (let n = together ?? least; inVain < triesInVain; n *= 2) {
      const tried = await tryOut({ together: n, connections: connectionsFor(n), processes: count })
      all.push(tried)
      const rate = tried.sagasPerSecond ?? 0
      inVain = rate > leastRise * best ? 0 : inVain + 1
      best = Math.max(best, rate)
      if (together !== undefined) break
    }
  }
  return all
}

/** Undefined when all were broken. */
export function bestOf(tried: readonly TriedVariant[]): TriedVariant | undefined {
  return tried
    .filter(({ sagasPerSecond }) => sagasPerSecond !== undefined)
    .toSorted((a, b) => b.sagasPerSecond! - a.sagasPerSecond!)[0]
}
