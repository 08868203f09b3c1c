import type { ServiceName } from '../../../infra/shop/topics.ts'
import { until } from '../../e2e/until.ts'
import type { Entrances } from './entrances.ts'
import type { Requests } from './requests.ts'
import { goods } from './visits.ts'

const plenty = 1_000_000_000

/** Prices, stock, money and contacts. What comes in is written down as any request is. */
export async function stockUp({ requests, entrances }: { requests: Requests; entrances: Entrances }): Promise<void> {
  const put = (service: ServiceName, path: string, body: object) =>
    until(`PUT ${path} is answered`, async () => {
      // One that is not answered in time, as on a busy machine, is asked again.
      const answer = await entrances.ask(service, 'PUT', path, { body }).catch(() => undefined)
      return answer?.status === 200
    })
  const receive = (sku: string, quantity: number) =>
    requests.insist({ wish: 'receipt', key: `first-${sku}`, sku, quantity })
  const deposit = (customerId: string, amountMinor: number) =>
    requests.insist({ wish: 'deposit', key: `first-${customerId}`, customerId, amountMinor })
  const { skus, lastPieces, scarce, rich, poor, hammered, unreachable, priceMinor } = goods

  await Promise.all([
    ...[...skus, ...lastPieces, scarce].map(sku =>
      put('order', `/prices/${sku}`, { unitPriceMinor: priceMinor, currency: 'EUR' }),
    ),
    ...skus.map(sku => receive(sku, plenty)),
    receive(scarce, 1),
    ...[...rich, hammered, unreachable].map(customer => deposit(customer, plenty)),
    deposit(poor, 1),
    ...[...rich, hammered, poor].map(customer =>
      put('notification', `/contacts/${customer}`, { email: `${customer}@example.org` }),
    ),
  ])
}
