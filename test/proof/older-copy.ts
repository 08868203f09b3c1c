import { expect } from 'vitest'
import type { ServiceProcessOptions } from '../../infra/shop/service-process.ts'
import type { ServiceName } from '../../infra/shop/topics.ts'
import type { Violation } from '../../shared/src/core/audit/violation.ts'
import { untilConsumed } from '../e2e/consumed.ts'
import { auditShop } from '../e2e/invariants.ts'
import { type Acknowledged, type Goods, placeOrders } from '../e2e/load.ts'
import type { RunningShop } from '../e2e/running-shop.ts'
import { until } from '../e2e/until.ts'
import { copyDatabase, restoreDatabase } from './database-copy.ts'

/** Copies the database of a service in the middle of a load, as it is when its process is killed. Gives the time to go back to. */
export async function copyUnderLoad(
  shop: RunningShop,
  service: ServiceName,
  goods: Goods,
  acknowledged: Acknowledged,
): Promise<Date> {
  const before = acknowledged.size
  const load = placeOrders(shop, goods, { orders: 80, together: 20, acknowledged })
  await until('orders are under way', () => acknowledged.size >= before + 20, { everyMs: 5 })
  // Events that the copy holds to be unpublished.
  await until('it has events to publish', async () => (await outboxRows(shop, service)) > 0, { everyMs: 1 })
  await shop.services[service].kill()
  const copiedAt = new Date()
  await copyDatabase(shop.ground.adminUrl, shop.databases[service])
  await shop.services[service].start()
  await load
  // Whose clock says when is not certain, and too far back costs only duplicates.
  return new Date(copiedAt.getTime() - 60_000)
}

export async function loseToCopy(shop: RunningShop, service: ServiceName): Promise<void> {
  expect(await shop.services[service].stop()).toBe(0)
  await restoreDatabase(shop.ground.adminUrl, shop.databases[service])
}

/** A process in place of the service, with other settings, for as long as the work takes. */
export async function instead(
  shop: RunningShop,
  service: ServiceName,
  o: Partial<Pick<ServiceProcessOptions, 'environment' | 'program'>>,
  work: () => Promise<unknown>,
): Promise<void> {
  const process = shop.anotherInstance(service, Number(new URL(shop.services[service].url).port), o)
  await process.start()
  try {
    await work()
  } finally {
    expect(await process.stop()).toBe(0)
  }
}

/** Takes messages from these topics until there are no more. */
export const catchUp = (
  shop: RunningShop,
  service: ServiceName,
  topics: readonly string[],
  o: Pick<ServiceProcessOptions, 'program'> = {},
): Promise<void> =>
  instead(shop, service, { ...o, environment: { INTAKE: topics.join() } }, () =>
    untilConsumed(shop, [service], { topics }),
  )

/** By kind of violation, the sagas that the audit names; and whatever else does not hold. */
export async function named(shop: RunningShop) {
  const { violations, found } = await auditShop(shop.pools)
  expect(violations.length, 'all of them are told').toBe(found)
  const sagas = (kind: Violation['kind']) =>
    violations.flatMap(each => (each.kind === kind && 'sagaId' in each ? [each.sagaId] : [])).toSorted()
  return {
    ...{ disagree: sagas('disagree'), unknown: sagas('unknown') },
    other: violations.filter(({ kind }) => kind !== 'disagree' && kind !== 'unknown'),
  }
}

export const outboxRows = async (shop: RunningShop, service: ServiceName): Promise<number> =>
  (await shop.query(service, 'select count(*) from saga.outbox'))[0].count
