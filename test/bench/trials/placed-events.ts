import { randomUUIDv7 } from 'node:crypto'
import { OrderPlaced } from 'shop-schemas'
import { writeHeaders } from '../../../shared/src/kafka/cloudevents.ts'
import { createCodec } from '../../../shared/src/kafka/codec.ts'
import { partitionOf } from '../../../shared/src/kafka/partition.ts'
import type { OutboundRecord } from '../../../shared/src/kafka/publish.ts'
import { createRegistry } from '../../../shared/src/kafka/registry.ts'
import { kafkaOf, notingPublisher } from '../../faults/topic-fixture.ts'
import type { Goods } from '../ground/goods.ts'
import { orderMaker } from '../load/orders.ts'

const atOnce = 10_000
const partitions = 4

/** Writes to the order service's topic what it would, had it taken so many orders: its schema, headers, keys and partitions. */
export async function writePlacedEvents(
  { brokers, registryUrl }: { readonly brokers: readonly string[]; readonly registryUrl: string },
  goods: Goods,
  count: number,
): Promise<void> {
  const registry = createRegistry({ url: registryUrl })
  const codec = createCodec({ registry, mode: 'lookup', publishes: [OrderPlaced], reads: [] })
  await codec.start()
  const nth = orderMaker('plain', goods)
  const { topic, fullName } = OrderPlaced.schema

  function record(n: number): OutboundRecord {
    const { customerId, sku, quantity } = nth(n)
    const orderId = randomUUIDv7()
    const lines = [{ sku, quantity, unitPriceMinor: 100 }]
    const event = OrderPlaced({ orderId, customerId, currency: 'EUR', totalMinor: 100 * quantity, lines })
    const id = `${orderId}/place_order/action`
    return {
      ...{ id, topic, partition: partitionOf(orderId, partitions), key: orderId, deadlineMs: Number.POSITIVE_INFINITY },
      headers: writeHeaders({ id, service: 'order', type: fullName, time: new Date(), sagaId: orderId }),
      value: codec.encode(event, OrderPlaced),
    }
  }
  let acknowledged = 0
  const { publisher } = notingPublisher(kafkaOf(brokers), {
    onAcknowledged(records) {
      acknowledged += records.length
    },
  })
  for (let n = 0; n < count; n += atOnce) {
    publisher.publish(Array.from({ length: Math.min(atOnce, count - n) }, (_, i) => record(n + i)))
    await publisher.drain(60_000)
  }
  await publisher.close()
  if (acknowledged !== count) throw new Error(`the broker took ${acknowledged} of ${count} events`)
}
