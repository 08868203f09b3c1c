import { conformance } from 'saga-kit/testing'
import { test } from 'vitest'
import { account, orderCancelled, refundRequested, stockReserved } from './examples.ts'
import { balance } from './participant.ts'

const checks = conformance(balance, {
  given: { accounts: [account()] },
  stories: {
    paid: [stockReserved()],
    'too expensive': [stockReserved({ totalMinor: 10_001 })],
    cancelled: [[stockReserved(), orderCancelled()]],
    refunded: [stockReserved(), refundRequested()],
  },
  file: new URL('participant.ts', import.meta.url),
  pure: ['shop-schemas', 'zod'],
  versions: new URL('../../../schemas/versions/', import.meta.url),
})

test.each(checks)('%s', (_, check) => check())
