import { serviceNames } from '../../../infra/shop/topics.ts'
import { metricsOf } from '../../e2e/metrics.ts'
import type { BenchShop } from '../ground/shop.ts'

/** How many messages have shared how many transactions, by service and source. */
export type BatchCounts = Readonly<Record<string, { readonly messages: number; readonly transactions: number }>>

const partOf: Readonly<Record<string, 'messages' | 'transactions'>> = {
  saga_batch_size_sum: 'messages',
  saga_batch_size_count: 'transactions',
}

export async function batchCounts(instances: BenchShop['instances']): Promise<BatchCounts> {
  const counts: Record<string, { messages: number; transactions: number }> = {}
  for (const service of serviceNames)
    for (const { url } of instances[service])
      for (const { name, labels, value } of await metricsOf(url)) {
        const of = partOf[name]
        if (!of) continue
        counts[`${service} ${labels.source}`] ??= { messages: 0, transactions: 0 }
        counts[`${service} ${labels.source}`]![of] += value
      }
  return counts
}

/** The mean number of messages in a transaction between two looks. */
export function batchSizes(before: BatchCounts, after: BatchCounts): Record<string, number> {
  const sizes = Object.entries(after).flatMap(([name, { messages, transactions }]) => {
    const { messages: m = 0, transactions: t = 0 } = before[name] ?? {}
    return transactions > t ? [[name, (messages - m) / (transactions - t)] as const] : []
  })
  return Object.fromEntries(sizes)
}
