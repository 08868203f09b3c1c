import { answered, conformance } from 'saga-kit/testing'
import { test } from 'vitest'
import { contact, neverCalled, orderCancelled, orderConfirmed, orderRefunded } from './examples.ts'
import { notification } from './participant.ts'

const sent = { channel: 'mail' }

const own = {
  given: { contacts: [contact()] },
  file: new URL('participant.ts', import.meta.url),
  pure: ['shop-schemas', 'zod'],
  versions: new URL('../../../schemas/versions/', import.meta.url),
}
const mailed = conformance(notification(neverCalled), {
  ...own,
  stories: {
    confirmed: [answered(orderConfirmed(), sent)],
    cancelled: [answered(orderCancelled(), sent)],
    refunded: [[answered(orderConfirmed(), sent), answered(orderRefunded(), sent)]],
  },
})
const stored = conformance(notification(), {
  ...own,
  stories: {
    confirmed: [orderConfirmed()],
    cancelled: [orderCancelled()],
    refunded: [[orderConfirmed(), orderRefunded()]],
  },
})

test.each(mailed)('with a mail server: %s', (_, check) => check())
test.each(stored)('without one: %s', (_, check) => check())
