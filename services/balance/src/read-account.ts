import type { Reader } from 'saga-kit/runtime'
import { z } from 'zod'

export const accountView = z.object({
  customerId: z.string(),
  balanceMinor: z.int(),
  currency: z.string(),
  depositedMinor: z.int(),
  deductedMinor: z.int(),
  refundedMinor: z.int(),
})
export type AccountView = z.input<typeof accountView>

export async function readAccount(db: Reader, customerId: string): Promise<AccountView | undefined> {
  const { rows } = await db.query(
    `select customer_id as "customerId", currency, balance_minor as "balanceMinor", deposited_minor as "depositedMinor",
       deducted_minor as "deductedMinor", refunded_minor as "refundedMinor"
     from accounts where customer_id = $1`,
    [customerId],
  )
  return rows[0] as AccountView | undefined
}
