import { expect, test } from 'vitest'
import { mailerLog } from './mailer-log.ts'

test('the line names the saga and hides the address', async () => {
  const lines: string[] = []
  const mail = { to: 'ada.lovelace@example.org', subject: 'Order 7 is confirmed', text: 'Thank you.' }
  const io = { idempotencyKey: '7/notify_confirmed/action', signal: AbortSignal.timeout(1_000) }

  expect(await mailerLog(line => lines.push(line)).send(mail, io)).toEqual({ channel: 'log' })

  expect(JSON.parse(lines[0]!)).toMatchObject({
    ...{ saga_id: '7', step: 'notify_confirmed', event_id: '7/notify_confirmed/action' },
    ...{ mailbox: 'a***@e***', subject: 'Order 7 is confirmed' },
  })
  expect(lines.join()).not.toMatch(/lovelace|example/)
})
