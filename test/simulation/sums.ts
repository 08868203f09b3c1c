import type { Rest, Wish } from 'saga-kit/simulation'
import { Deposit } from '../../services/balance/src/deposit.ts'
import { ReceiveStock } from '../../services/inventory/src/commands.ts'

/** What came in must be there, once: of what was acknowledged nothing is lost, and nothing counts twice. */
export function differentSums(before: readonly Wish[], { told, rows }: Rest): string[] {
  const accepted = told.flatMap(({ wish, answer }) => (answer.status === 'accepted' ? [wish] : []))
  const cameIn = new Map<string, number>()
  for (const { command, body } of [...before, ...accepted]) {
    const { customerId, amountMinor, sku, quantity } = body as Record<string, never>
    if (command === Deposit) cameIn.set(customerId!, (cameIn.get(customerId!) ?? 0) + amountMinor!)
    if (command === ReceiveStock) cameIn.set(sku!, (cameIn.get(sku!) ?? 0) + quantity!)
  }
  const are = new Map([
    ...rows('balance', 'accounts').map(row => [row.customerId, row.depositedMinor] as const),
    ...rows('inventory', 'stock').map(row => [row.sku, row.received] as const),
  ])
  return [...cameIn].flatMap(([name, sum]) =>
    are.get(name) === sum ? [] : [`${sum} came in for ${name}, and ${String(are.get(name))} are there`],
  )
}
