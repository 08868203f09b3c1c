import { answered, conformance } from 'saga-kit/testing'
import { test } from 'vitest'
import { contact, orderCancelled, orderConfirmed, orderRefunded } from './examples.ts'
import { mailerLog } from './mailer-log.ts'
import { notification } from './participant.ts'

const sent = { channel: 'mail' }

const checks = conformance(notification(mailerLog()), {
  given: { contacts: [contact()] },
  stories: {
    confirmed: [answered(orderConfirmed(), sent)],
    cancelled: [answered(orderCancelled(), sent)],
    refunded: [[answered(orderConfirmed(), sent), answered(orderRefunded(), sent)]],
  },
  file: new URL('participant.ts', import.meta.url),
  pure: ['shop-schemas', 'zod'],
  versions: new URL('../../../schemas/versions/', import.meta.url),
})

test.each(checks)('%s', (_, check) => check())
