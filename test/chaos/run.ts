import { join } from 'node:path'
import type { ServiceName } from '../../infra/shop/topics.ts'
import { handPublisher } from '../e2e/hand-publisher.ts'
import { startInjector } from './faults/injector.ts'
import { watchCounters } from './ground/counters.ts'
import { type Ground, prepareGround } from './ground/ground.ts'
import { watchOpenSagas } from './ground/open-sagas.ts'
import { watchTopics } from './ground/topic-watch.ts'
import { judge } from './judge/judge.ts'
import { comeToRest } from './judge/rest.ts'
import { entrancesOf } from './load/entrances.ts'
import { stockUp } from './load/goods.ts'
import { openJournal } from './load/journal.ts'
import { startLoad } from './load/load.ts'
import { requestsTo } from './load/requests.ts'
import { digestOf } from './plan.ts'
import { tellProgress } from './progress.ts'
import { isViolated, type Report } from './report.ts'

export interface RunOptions {
  readonly seed: string
  readonly minutes: number
  /** Gets the journal, the logs and the data. */
  readonly folder: string
  /** Visits that wait for an answer at a time, and that begin in a second. */
  readonly clients: number
  readonly rate: number
  /** Faults at a time. */
  readonly atOnce: number
  /** Effects of each kind of fault that should be seen. */
  readonly quota: number
  /** How long it may take, after the last fault, until nothing moves any more. */
  readonly settleMs: number
  /** A safeguard to switch off. */
  readonly without: string | undefined
  readonly say: (line: string) => void
}

/** So many sagas may be open; then no visit begins. */
const mostOpen = 3_000

/** Load and faults for so long, then rest, then the verdict. */
export async function run(o: RunOptions): Promise<Report> {
  const ground = await prepareGround({ folder: o.folder, report: () => undefined, without: o.without })
  let keepsData = true
  try {
    const report = await runOn(ground, o)
    keepsData = isViolated(report)
    return report
  } finally {
    await ground.end({ keepsData })
  }
}

async function runOn(ground: Ground, o: RunOptions): Promise<Report> {
  const { seed, minutes, quota, say } = o
  const journalPath = join(o.folder, 'journal.jsonl')
  const journal = await openJournal(journalPath)
  const { stack, all, pools, partitions } = ground
  await Promise.all(all.map(({ process }) => process.start()))
  const watch = watchTopics(stack.brokers)
  const counters = watchCounters(all)
  const openSagas = watchOpenSagas(pools.order)
  const byHand = await handPublisher({ ground: stack, topicPrefix: '', partitions })
  const giveUp = new AbortController()
  const entrances = entrancesOf({
    ...{ order: urls('order'), inventory: urls('inventory') },
    ...{ balance: urls('balance'), notification: urls('notification') },
  })
  function urls(service: ServiceName): string[] {
    return ground.of(service).map(({ process }) => process.url)
  }
  const requests = requestsTo({ entrances, journal, signal: giveUp.signal })
  await stockUp({ requests, entrances })
  say(`seed ${seed}, plan ${digestOf(seed)}: ${minutes} minutes of faults begin`)

  const beganMs = performance.now()
  const load = startLoad({
    ...{ seed, requests, entrances, signal: giveUp.signal },
    ...{ clients: o.clients, visitsPerSecond: o.rate, isFull: () => openSagas.last > mostOpen },
  })
  const faults = startInjector({
    ...{ seed, quota, atOnce: o.atOnce, forMs: minutes * 60_000 },
    extraMs: Math.max(300_000, minutes * 15_000),
    battle: { ground, counters, watch, byHand, openSagas: openSagas.now, burst: load.burst },
    report: line => say(`  ${line}`),
  })
  const progress = tellProgress({ load, faults, openSagas, say })
  await faults.ended
  const loadMs = performance.now() - beganMs
  const lastAnswer = setTimeout(() => giveUp.abort(new Error('not answered though everything runs')), o.settleMs)
  await load.end()
  clearTimeout(lastAnswer)
  say('no more faults and orders: waiting for rest')
  const rest = await comeToRest(ground, o.settleMs)
  const settledMs = performance.now() - beganMs - loadMs
  progress.stop()
  await Promise.all([watch.caughtUp(120_000), counters.refresh()])
  await journal.close()
  const verdict = await judge({ ground, journalPath, requests, watch, counters, faults, rest })

  openSagas.stop()
  await Promise.all([counters.stop(), watch.stop(), byHand.end()])
  const options = { seed, plan: digestOf(seed), minutes, clients: o.clients, rate: o.rate, atOnce: o.atOnce, quota }
  return { ...options, loadMs: Math.round(loadMs), settledMs: Math.round(settledMs), ...verdict }
}
