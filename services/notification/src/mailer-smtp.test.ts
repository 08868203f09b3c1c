import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { PermanentError, TargetUnreachable } from 'saga-kit'
import type { SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, test } from 'vitest'
import { mailerSmtp, messageIdOf } from './mailer-smtp.ts'
import { hangUp, startSmtpServer } from './smtp-server.fixture.ts'

const mail = { to: 'ada.lovelace@example.org', subject: 'Order 7 is confirmed', text: 'Thank you.' }
const from = 'Shop <shop@shop.example>'
const idempotencyKey = '7/notify_confirmed/action'
const soon = () => AbortSignal.timeout(5_000)

const open: { close(done: () => void): void }[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise<void>(resolve => server.close(resolve))
})

async function smtpServer(options: SMTPServerOptions = {}) {
  const server = await startSmtpServer(options)
  open.push({ close: done => void server.close().then(done) })
  return server
}
const answering = (responseCode: number, text: string) => Object.assign(new Error(text), { responseCode })
const send = (url: string, signal = soon()) => mailerSmtp({ url, from }).send(mail, { idempotencyKey, signal })
const failure = async (sent: Promise<unknown>) => {
  const error = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Error)
  // Wherever the error goes from here, the customer's address does not go with it.
  expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toMatch(/lovelace|example\.org/)
  expect((error as Error).cause).toBeUndefined()
  return error as Error
}

describe('a server that takes the mail', () => {
  test('gets it as it was written, under a Message-ID made from the key', async () => {
    const { url, received } = await smtpServer()
    expect(await send(url)).toEqual({ channel: 'mail' })
    expect(received).toHaveLength(1)
    expect(received[0]).toContain('To: ada.lovelace@example.org')
    expect(received[0]).toContain('From: Shop <shop@shop.example>')
    expect(received[0]).toContain('Subject: Order 7 is confirmed')
    expect(received[0]).toContain('Message-ID: <7/notify_confirmed/action@shop.example>')
    expect(received[0]).toContain('Auto-Submitted: auto-generated')
    expect(received[0]).toContain('Thank you.')
  })
  test('gets a repeat under the same Message-ID', async () => {
    const { url, received } = await smtpServer()
    await send(url)
    await send(url)
    const ids = received.map(text => /^Message-ID: (.*)$/m.exec(text)?.[1])
    expect(ids).toEqual(['<7/notify_confirmed/action@shop.example>', '<7/notify_confirmed/action@shop.example>'])
  })
})

describe('a server that refuses for ever', () => {
  test.each([550, 552, 554])('%d to the recipient: a permanent error', async responseCode => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, done) =>
      done(answering(responseCode, `<${address}> is nobody`))
    const error = await failure(send((await smtpServer({ onRcptTo })).url))
    expect(error).toBeInstanceOf(PermanentError)
    expect(error).toMatchObject({ code: 'mail-refused' })
    expect(error.message).toContain(`${responseCode} (RCPT TO)`)
  })
  test('554 to the text: a permanent error', async () => {
    const onData: SMTPServerOptions['onData'] = (stream, _session, done) => {
      stream.resume()
      stream.on('end', () => done(answering(554, 'spam for ada.lovelace@example.org')))
    }
    expect(await failure(send((await smtpServer({ onData })).url))).toMatchObject({ code: 'mail-refused' })
  })
  test('an address that no server would take: a permanent error', async () => {
    const { url } = await smtpServer()
    const io = { idempotencyKey, signal: soon() }
    const error = await failure(mailerSmtp({ url, from }).send({ ...mail, to: 'nobody' }, io))
    expect(error).toBeInstanceOf(PermanentError)
  })
})

describe('a server that may take it later', () => {
  test.each([421, 450, 452])('%d: an error to try again on', async responseCode => {
    const onRcptTo: SMTPServerOptions['onRcptTo'] = ({ address }, _session, done) =>
      done(answering(responseCode, `<${address}> is busy`))
    expect(await failure(send((await smtpServer({ onRcptTo })).url))).not.toBeInstanceOf(PermanentError)
  })
  test('wrong credentials are our fault, not the mail’s', async () => {
    const onAuth: SMTPServerOptions['onAuth'] = (_auth, _session, done) => done(answering(535, 'who are you'))
    const { url } = await smtpServer({ onAuth, allowInsecureAuth: true })
    const error = await failure(send(url.replace('//', '//shop:wrong@')))
    expect(error).not.toBeInstanceOf(PermanentError)
    expect(error.message).not.toContain('wrong@')
  })
  test('no credentials where some are wanted: the same', async () => {
    const { url } = await smtpServer({ authOptional: false })
    expect(await failure(send(url))).not.toBeInstanceOf(PermanentError)
  })
})

describe('a server that is away: nothing was begun', () => {
  const away = async (sent: Promise<unknown>, words: string) => {
    const error = await failure(sent)
    expect(error).toBeInstanceOf(TargetUnreachable)
    expect(error.message).toContain(words)
  }
  /** Says this to whoever connects, and hangs up. */
  async function rawServer(greeting: string) {
    const server = createServer(socket => socket.on('error', () => {}).end(greeting))
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    open.push(server)
    return `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  test('nobody listens', () => away(send('smtp://127.0.0.1:1'), 'ECONNREFUSED (CONN)'))
  test('no such host', () => away(send('smtp://no-such-host.invalid'), '(CONN)'))
  test('it hangs up without a word', async () => away(send(await rawServer('')), 'ECONNECTION (CONN)'))
  test('it is going, or has too much to do', async () =>
    away(send(await rawServer('421 come back later\r\n')), 'answered 421'))
  test('it wants no mail at all: that is an answer', async () => {
    expect(await failure(send(await rawServer('554 no mail here\r\n')))).not.toBeInstanceOf(TargetUnreachable)
  })
})

describe('a server that is lost on the way: what became of the mail is not known', () => {
  test.each<[string, SMTPServerOptions]>([
    ['at the recipient', { onRcptTo: (_address, session) => hangUp(session) }],
    ['in the text', { onData: (_stream, session) => hangUp(session) }],
    [
      'after the text',
      {
        onData(stream, session) {
          stream.resume().on('end', () => hangUp(session))
        },
      },
    ],
  ])('%s', async (_, options) => {
    const { url } = await smtpServer(options)
    const error = await failure(send(url))
    expect(error).not.toBeInstanceOf(TargetUnreachable)
    expect(error).not.toBeInstanceOf(PermanentError)
    expect((error as NodeJS.ErrnoException).code).toBeUndefined()
  })
})

describe('a server that hangs', () => {
  /** Takes connections and says nothing; knows how many are still open. */
  async function silentServer() {
    let connections = 0
    const server = createServer(socket => {
      connections++
      socket.on('close', () => connections--).on('error', () => {})
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    open.push(server)
    return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, connections: () => connections }
  }

  test('before its greeting: the signal ends the call and the connection', async () => {
    const { url, connections } = await silentServer()
    const begun = performance.now()
    const error = await failure(send(url, AbortSignal.timeout(100)))
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(error).not.toBeInstanceOf(PermanentError)
    expect(error.message).toContain('EABORT')
    await expect.poll(connections).toBe(0)
  })
  test('after the text: the signal ends the call; whether the mail went out is not known', async () => {
    const onData: SMTPServerOptions['onData'] = stream => void stream.resume()
    const { url } = await smtpServer({ onData })
    expect((await failure(send(url, AbortSignal.timeout(200)))).message).toContain('EABORT')
  })
  test('a signal that was aborted before: nobody is called', async () => {
    const { url, connections } = await silentServer()
    expect((await failure(send(url, AbortSignal.abort()))).message).toContain('EABORT')
    expect(connections()).toBe(0)
  })
})

describe('the Message-ID', () => {
  test('has only characters that RFC 5322 allows, and different keys stay different', () => {
    expect(messageIdOf('a b@c>d/1', from)).toBe('<a=20b=40c=3ed/1@shop.example>')
    expect(messageIdOf('a.b', from)).not.toBe(messageIdOf('a/b', from))
    expect(messageIdOf('a=20b', from)).not.toBe(messageIdOf('a b', from))
  })
  test('ends with the sender’s domain', () =>
    expect(messageIdOf('a', 'x@mail.example.com')).toBe('<a@mail.example.com>'))
})
