import { installPackages } from '../../install-packages.ts'
import type { BenchStack } from '../ground/stack.ts'
import type { LoadProcess } from '../load/load-process.ts'
import { measure } from '../measure.ts'
import { inWords, type RunOptions, type Runs, runsOf } from '../runs.ts'
import type { Peer, RunningPeer, Variant } from './peer.ts'

export interface MeasuredPeer extends Runs {
  readonly peer: Pick<Peer, 'name' | 'what'>
  /** The best of those that were tried. */
  readonly variant: Variant
  /** Sagas a second of all that were tried. */
  readonly tried: readonly (Variant & { readonly sagasPerSecond: number })[]
}

/** How long each variant is tried at most, after twice as long a warm-up. */
const longestTrialMs = 5_000

interface CompareOptions extends RunOptions {
  readonly ground: BenchStack
  readonly load: LoadProcess
  readonly peers: readonly Peer[]
}

/** Each peer at its best: first a short look at each variant, then the best one as the shop is measured, one order a request. */
export async function measurePeers(o: CompareOptions): Promise<MeasuredPeer[]> {
  if (o.peers.some(({ hasOwnPackages }) => hasOwnPackages)) installPackages(import.meta.dirname, o.say)
  const all: MeasuredPeer[] = []
  for (const peer of o.peers) all.push(await measurePeer(peer, o))
  return all
}

async function measurePeer(peer: Peer, o: CompareOptions): Promise<MeasuredPeer> {
  const trialMs = Math.min(longestTrialMs, o.seconds * 1_000)
  const tried: (Variant & { sagasPerSecond: number })[] = []
  for (const variant of peer.variants) {
    const run = await running(peer, variant, o, target =>
      measure({ ...o, target }, { ...planOf(variant), rampMs: 2 * trialMs, windowMs: trialMs }),
    )
    o.say(`${peer.name}, ${variantInWords(variant)}: ${inWords(run)}`)
    tried.push({ ...variant, sagasPerSecond: run.sagasPerSecond })
  }
  const [{ sagasPerSecond: _, ...variant }] = tried.toSorted((a, b) => b.sagasPerSecond - a.sagasPerSecond) as [
    (typeof tried)[number],
  ]
  const runs = await running(peer, variant, o, async target => {
    const bench = { ...o, target }
    await measure(bench, { ...planOf(variant), rampMs: 0, windowMs: 2 * trialMs })
    return runsOf(bench, { name: peer.name, ...planOf(variant) }, o)
  })
  return { peer: { name: peer.name, what: peer.what }, variant, tried, ...runs }
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

export const variantInWords = ({ together, connections }: Variant) =>
  `${together} orders under way, ${connections} connections or partitions`
