import { installPackages } from '../../install-packages.ts'
import type { BenchStack } from '../ground/stack.ts'
import type { LoadProcess } from '../load/load-process.ts'
import { measure } from '../measure.ts'
import { inWords, type RunOptions, type Runs, runsOf, summaryOf, warmUp } from '../runs.ts'
import type { Peer, RunningPeer, Variant } from './peer.ts'
import { bestOf, type TriedVariant, tryVariants } from './search.ts'

export interface MeasuredPeer extends Runs {
  readonly peer: Pick<Peer, 'name' | 'what' | 'connectionsAre'>
  /** The best of those that were tried; undefined when each of them broke what always holds. */
  readonly variant: Variant | undefined
  readonly tried: readonly TriedVariant[]
}

/** How long each variant is tried at most, after twice as long a warm-up. */
const longestTrialMs = 5_000

interface CompareOptions extends RunOptions {
  readonly ground: BenchStack
  readonly load: LoadProcess
  readonly peers: readonly Peer[]
  /** Instead of the search for each peer's best. */
  readonly together: number | undefined
}

/** Each peer at its best: first a short look at its variants, then the best one as the shop is measured, one order a request. */
export async function measurePeers(o: CompareOptions): Promise<MeasuredPeer[]> {
  if (o.peers.some(({ hasOwnPackages }) => hasOwnPackages)) installPackages(import.meta.dirname, o.say)
  const all: MeasuredPeer[] = []
  for (const peer of o.peers) all.push(await measurePeer(peer, o))
  return all
}

async function measurePeer(peer: Peer, o: CompareOptions): Promise<MeasuredPeer> {
  const trialMs = Math.min(longestTrialMs, o.seconds * 1_000)
  const tryOut = async (variant: Variant): Promise<TriedVariant> => {
    const run = await running(peer, variant, o, target =>
      measure({ ...o, target }, { ...planOf(variant), rampMs: 2 * trialMs, windowMs: trialMs }),
    )
    o.say(`${peer.name}, ${variantInWords(variant, peer)}: ${inWords(run)}`)
    const { violations, sagasPerSecond } = run
    return { ...variant, violations, sagasPerSecond: violations.length > 0 ? undefined : sagasPerSecond }
  }
  const tried = await tryVariants(peer, tryOut, o.together)
  const variant = bestOf(tried)
  const runs =
    variant &&
    (await running(peer, variant, o, async target => {
      const bench = { ...o, target }
      await warmUp(bench, planOf(variant), (2 * trialMs) / 1_000)
      return runsOf(bench, { name: peer.name, ...planOf(variant) }, o)
    }))
  const { name, what, connectionsAre } = peer
  return { peer: { name, what, connectionsAre }, variant, tried, ...(runs ?? summaryOf([])) }
}

async function running<T>(
  peer: Peer,
  variant: Variant,
  { ground }: CompareOptions,
  use: (target: RunningPeer) => Promise<T>,
): Promise<T> {
  const target = await peer.start({ ground, variant })
  try {
    return await use(target)
  } finally {
    await target.end()
  }
}

const planOf = ({ together }: Variant) =>
  ({ blend: 'plain', arrival: { loop: 'closed', together }, perPost: 1 }) as const

export function variantInWords(
  { together, connections, processes }: Variant,
  of: Pick<Peer, 'connectionsAre'>,
): string {
  return `${together} under way, ${connections} ${of.connectionsAre}${processes > 1 ? `, ${processes} processes` : ''}`
}
