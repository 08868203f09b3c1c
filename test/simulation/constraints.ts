import type { Scenario } from 'saga-kit/simulation'

/** What the services' migrations forbid, beyond the keys. */
export const constraints: NonNullable<Scenario['constraints']> = {
  balance: {
    accounts: row => {
      const { balanceMinor, depositedMinor, deductedMinor, refundedMinor } = numbers(row)
      if (balanceMinor! < 0) return 'accounts_balance_minor_check'
      if (refundedMinor! > deductedMinor!) return 'accounts_refunded_minor_check'
      return balanceMinor === depositedMinor! - deductedMinor! + refundedMinor! ? undefined : 'accounts_balance'
    },
  },
  inventory: {
    stock: row => {
      const { received, onHand, reserved, sold } = numbers(row)
      if (Math.min(onHand!, reserved!, sold!) < 0) return 'stock_is_negative'
      return onHand! + reserved! + sold! === received ? undefined : 'stock_is_somewhere'
    },
    reservations: (row, others) => {
      if (row.tookOver === null) return undefined
      for (const { tookOver } of others()) if (tookOver === row.tookOver) return 'unique reservations_took_over'
      return undefined
    },
  },
}

const numbers = (row: Readonly<Record<string, unknown>>) => row as Readonly<Record<string, number>>
