import { type ServiceName, serviceNames } from '../../../infra/shop/topics.ts'
import type { BatchSource } from '../../../shared/src/runtime/metric-definitions.ts'
import { auditShop, violationsOf } from '../../e2e/invariants.ts'
import type { Injector } from '../faults/injector.ts'
import type { Counters } from '../ground/counters.ts'
import type { Ground } from '../ground/ground.ts'
import type { TopicWatch } from '../ground/topic-watch.ts'
import type { Requests } from '../load/requests.ts'
import type { Transactions, Verdict } from '../report.ts'
import type { Check } from './check.ts'
import { judgeOrders } from './orders.ts'
import type { Rest } from './rest.ts'
import { judgeSums } from './sums.ts'
import { readTold } from './told.ts'

/** Everything that can be said about a run once it is at rest. */
export async function judge(o: {
  readonly ground: Ground
  readonly journalPath: string
  readonly requests: Requests
  readonly watch: TopicWatch
  readonly counters: Counters
  readonly faults: Injector
  readonly rest: Rest
}): Promise<Verdict> {
  const { ground, requests, watch, counters, faults, rest } = o
  const told = await readTold(o.journalPath)
  const orders = await judgeOrders(ground.pools.order, told)
  const sums = await judgeSums(ground.pools, told, orders, watch)
  const audit = await auditShop(ground.pools, { atRest: true })
  const tries = await triedAgain(ground)
  const steps = (outcome: string) => counters.total('saga_steps_total', { outcome })

  const checks: Check[] = [
    { name: 'the system came to rest', asksFor: 'stuck', violations: rest.reached ? [] : [`left: ${rest.left}`] },
    ...orders.checks,
    ...sums,
    { name: 'every request was answered, an order told to one', asksFor: 'lost', violations: told.violations },
    {
      name: 'a request asked again has its first answer',
      asksFor: 'doubled',
      violations: requests.counts.answeredOtherwise,
    },
    { name: 'no request failed (5xx other than 503)', asksFor: 'wrong', violations: requests.counts.failed },
    { name: "no try is counted for what is no message's fault", asksFor: 'wrong', violations: tries.unaccounted },
    {
      name: 'no message is dead',
      asksFor: 'stuck',
      violations: [...(await deadMessages(ground)), ...letters(watch.letters)],
    },
    { name: 'what always holds, over all databases', asksFor: 'wrong', violations: violationsOf(audit) },
    { name: 'no process ended by itself', asksFor: 'wrong', violations: ground.endedByThemselves },
    { name: 'what was broken could be put together again', asksFor: 'wrong', violations: faults.failures },
  ]
  return {
    checks,
    sagas: told.sagas,
    endings: Object.fromEntries([...orders.endings].sort()),
    answers: Object.fromEntries([...told.answers].sort()),
    requests: {
      ...{ unanswered: requests.counts.unanswered, turnedAway: requests.counts.turnedAway },
      askedAgain: requests.counts.askedAgain,
    },
    events: { distinct: [...watch.events.values()].reduce((sum, n) => sum + n, 0), repeats: watch.repeats },
    counted: {
      ...{ duplicates: steps('duplicate'), late: steps('late'), parked: steps('parked'), failed: steps('failed') },
      ...{ retries: counters.total('saga_retries_total'), callsRepeated: tries.ofCalls, letters: watch.letters },
    },
    transactions: transactionsOf(counters),
    audit,
    faults: faults.done,
  }
}

async function deadMessages({ pools }: Ground): Promise<string[]> {
  const found = await Promise.all(
    serviceNames.map(async service => {
      const { rows } = await pools[service].query(
        `select message_id, error_code, error_message from saga.waiting where kind = 'dead'`,
      )
      return rows.map(row => `${service}: ${row.message_id} ${row.error_code} ${row.error_message}`)
    }),
  )
  return found.flat()
}
const letters = (count: number) => (count > 0 ? [`${count} records on the dead-letter topics`] : [])

const again = 'from saga.saga_log where attempts > 1'
const isMail = `exists (select from notifications where order_id = saga_id and channel = 'mail')`

/** Steps that were tried more than once. A call that was begun is made again when its process has ended: only mails are calls. */
async function triedAgain({ pools }: Ground): Promise<{ unaccounted: string[]; ofCalls: number }> {
  const count = async (service: ServiceName, where = '') =>
    (await pools[service].query(`select count(*) ${again} ${where}`)).rows[0].count as number
  const unaccounted = await Promise.all(
    serviceNames.map(async service => {
      const steps = await count(service, service === 'notification' ? `and not ${isMail}` : '')
      return steps > 0 ? [`${service}: ${steps} steps`] : []
    }),
  )
  return { unaccounted: unaccounted.flat(), ofCalls: await count('notification', `and ${isMail}`) }
}

function transactionsOf(counters: Counters): Verdict['transactions'] {
  const bySource = (source: BatchSource): Transactions => {
    const all = counters.total('saga_batch_size_count', { source })
    const messages = counters.total('saga_batch_size_sum', { source })
    const above = (most: number) => all - counters.total('saga_batch_size_bucket', { source, le: String(most) })
    return { all, messages, above100: above(100), above200: above(200) }
  }
  return { http: bySource('http'), kafka: bySource('kafka'), due: bySource('due') }
}
