import { describe, expect, test } from 'vitest'
import { orderId } from './examples.ts'
import { routes } from './routes.ts'

const contacts = routes.find(route => route.kind === 'command')!
const notifications = routes.find(route => route.kind === 'query')!

describe('PUT /contacts/:customerId', () => {
  const takes = (body: object) => contacts.body!.safeParse(body).success
  test('takes an address', () => expect(takes({ email: 'ada.lovelace+shop@mail.example.org' })).toBe(true))
  test.each([
    '',
    'ada',
    'ada@',
    '@example.org',
    'a@b@c.de',
    'a@b.de\r\nBcc: x@y.de',
    `${'a'.repeat(250)}@example.org`,
    null,
  ])('refuses %j', email => expect(takes({ email })).toBe(false))
  test('refuses what it does not know', () => expect(takes({ email: 'a@example.org', phone: '1' })).toBe(false))
})

describe('GET /notifications', () => {
  test('is about one order', () => {
    expect(notifications.query.parse({ orderId: orderId.toUpperCase() })).toEqual({ orderId })
    for (const query of [{}, { orderId: '7' }, { orderId, customerId: 'ada' }])
      expect(notifications.query.safeParse(query).success).toBe(false)
  })
})
