import { accepted, asked, calls, fails, rejected, succeeded, testing } from 'saga-kit/testing'
import { describe, expect, test } from 'vitest'
import {
  contact,
  neverCalled,
  notificationSent,
  orderCancelled,
  orderConfirmed,
  orderId,
  orderRefunded,
} from './examples.ts'
import { noMailer } from './mailer.ts'
import { mailAbout } from './mails.ts'
import { notification } from './participant.ts'
import { SetContact } from './set-contact.ts'

const { given, now } = testing(notification(neverCalled))
const withoutServer = testing(notification())

describe.each([
  { template: 'confirmed', event: orderConfirmed() },
  { template: 'cancelled', event: orderCancelled() },
  { template: 'refunded', event: orderRefunded() },
] as const)('telling that an order is $template', ({ template, event }) => {
  const { subject, text } = mailAbout(event)
  const row = { id: `${orderId}/${template}`, orderId, template, channel: 'mail', subject, text, sentAt: now }

  test('a mail is intended, to the customer’s contact', () =>
    given({ contacts: [contact()] })
      .when(event)
      .then(calls({ to: 'ada@example.org', subject, text })))
  test('when it has gone out, it is recorded and announced', () =>
    given({ contacts: [contact()] })
      .when(event)
      .answering({ channel: 'mail' })
      .then(succeeded(notificationSent(template)), { notifications: [row] }))
  test('without a mail server it is only stored, and no call is begun', () =>
    withoutServer
      .given({ contacts: [contact()] })
      .when(event)
      .then(succeeded(notificationSent(template, 'stored')), { notifications: [{ ...row, channel: 'stored' }] }))
  test('nobody is told without a contact', () =>
    given({ contacts: [contact({ customerId: 'grace' })] })
      .when(event)
      .then(rejected('no-contact')))
  test('nor is anything stored without one', () =>
    withoutServer.given({ contacts: [] }).when(event).then(rejected('no-contact')))
  test('nobody is told twice', () =>
    given({ contacts: [contact()], notifications: [row] })
      .when(event)
      .then(fails('notification-exists', `${orderId}/${template} was sent before`)))
})

describe('what the mails say', () => {
  const order = `Order ${orderId}`
  test.each([
    [orderConfirmed(), `${order} is confirmed`, `Thank you. ${order} is confirmed; you paid EUR 25.00.`],
    [
      orderCancelled(),
      `${order} is cancelled`,
      `${order} is cancelled: you asked for it. Whatever you had paid is on its way back.`,
    ],
    [orderRefunded(), `${order} is refunded`, `${order} is refunded; EUR 25.00 went back to your account.`],
  ])('$type, its order and what became of the money', (event, subject, text) =>
    expect(mailAbout(event)).toMatchObject({ subject, text }),
  )
  test.each([
    ['customer', 'you asked for it'],
    ['stock-rejected', 'we do not have'],
    ['balance-rejected', 'your balance'],
    ['timed-out', 'in time'],
  ] as const)('OrderCancelled says why: %s', (reason, words) =>
    expect(mailAbout(orderCancelled(reason)).text).toContain(words),
  )
})

describe('setting a contact', () => {
  test('for the first time', () =>
    given()
      .when(asked(SetContact, contact()))
      .then(accepted({ customerId: 'ada' }), { contacts: [contact()] }))
  test('anew', () =>
    given({ contacts: [contact({ email: 'old@example.org' })] })
      .when(asked(SetContact, contact()))
      .then(accepted({ customerId: 'ada' }), { contacts: [contact()] }))
})

test('a reason that order may have some day is told as something', () => {
  const { text } = mailAbout(orderCancelled('fraud' as 'customer'))
  expect(text).toMatch(/is cancelled: it could not be completed/)
})

test('a mail that had begun before its server was taken away is dead, for somebody to look at', () =>
  expect(noMailer.send({ to: '', subject: '', text: '' }, {} as never)).rejects.toMatchObject({
    code: 'no-mail-server',
  }))
