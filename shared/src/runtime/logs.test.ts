import { spawnSync } from 'node:child_process'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createLog } from './logs.ts'

function capture(redact: readonly string[] = []) {
  const lines: string[] = []
  const log = createLog({ service: 'order', level: 'info', redact, to: { write: line => void lines.push(line) } })
  return { log, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? 'null') }
}

test('a line is JSON with service, level by name and an ISO time', () => {
  const { log, last } = capture()
  log.warn({ topic: 'order.events.v1' }, 'paused')
  expect(last()).toMatchObject({
    service: 'order',
    level: 'warn',
    msg: 'paused',
    topic: 'order.events.v1',
    pid: process.pid,
  })
  expect(new Date(last().time).toISOString()).toBe(last().time)
})

test('each line has the time of its own millisecond', () => {
  const times = ['2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.002Z']
  const { log, last } = capture()
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const said = times.map(time => {
    vi.setSystemTime(time)
    log.info('x')
    return last().time
  })
  expect(said).toEqual(times)
})

test('lines below the level are not written', () => {
  const { log, text } = capture()
  log.debug('x')
  expect(text()).toBe('')
})

const secrets = {
  customerId: 'c-1',
  email: 'ann@example.com',
  to: 'ann@example.com',
  address: '1 High Street',
  name: 'Ann',
}
test.each([
  ['at the top', secrets],
  ['deeper', { event: { lines: [{ contact: secrets, ...secrets }] } }],
  ['in a body', { body: { anything: 'c-1' } }],
])('customer data is redacted: %s', (_, fields) => {
  const { log, text } = capture()
  log.info(fields, 'x')
  log.child(fields).info('y')
  expect(text()).not.toMatch(/c-1|ann@|High Street|Ann/)
  expect(text()).toContain('[redacted]')
})

test('amounts are redacted by what the settings say', () => {
  const { log, text, last } = capture(['*Minor', 'amount'])
  log.info({ totalMinor: 4711, lines: [{ unitPriceMinor: 4711, quantity: 2 }], amount: 4711, amounts: 3 }, 'x')
  log.child({ err: new Error('no', { cause: { balanceMinor: 4711 } }) }).info('y')
  expect(text()).not.toContain('4711')
  const shown = capture()
  shown.log.info({ totalMinor: 4711, amount: 4711 }, 'x')
  expect(shown.last()).toMatchObject({ totalMinor: 4711, amount: 4711 })
  expect(last()).toMatchObject({ msg: 'y' })
})

test.each([
  ['a text', { step: 'pay' }],
  ['a number', { attempts: 3 }],
])('a line that has %s alone is redacted by what the settings say', (_, fields) => {
  const { log, last } = capture(Object.keys(fields))
  log.info({ outcome: 'failed', ...fields }, 'x')
  expect(last()).toMatchObject({
    outcome: 'failed',
    ...Object.fromEntries(Object.keys(fields).map(f => [f, '[redacted]'])),
  })
})

test('what is inside a text: mail addresses, and passwords in URLs', () => {
  const { log, text } = capture()
  log.info('mail to ann.lee+x@mail.example.co.uk failed on postgres://order:hunter2@localhost/order')
  expect(text()).toContain('mail to [redacted] failed on postgres://[redacted]@localhost/order')
})

test("an error's message, code, stack and cause stay; pg's detail with the row does not", () => {
  const { log, last, text } = capture()
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    constraint: 'accounts_pkey',
    detail: 'Key (customer_id)=(c-1) already exists.',
  })
  log.error({ err: new Error('save failed', { cause }) }, 'x')
  expect(last().err).toMatchObject({
    type: 'Error',
    message: 'save failed',
    cause: { code: '23505', constraint: 'accounts_pkey' },
  })
  expect(last().err.stack).toContain('logs.test.ts')
  expect(text()).not.toContain('c-1')
})

test('survives what JSON cannot say', () => {
  const { log, last } = capture()
  const circular: Record<string, unknown> = { n: 10n, bytes: Buffer.from('c-1') }
  circular.self = circular
  log.info(circular, 'x')
  expect(last()).toMatchObject({ n: '10', bytes: '[3 bytes]', msg: 'x' })
})

describe('on standard output', () => {
  /** What a process that does this has written when it is gone. */
  function writtenBy(statements: string) {
    const program = `import { createLog } from ${JSON.stringify(new URL('logs.ts', import.meta.url))}
      const log = createLog({ service: 'order', level: 'info' })
      ${statements}`
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' })
    return stdout.split('\n').map(line => line && JSON.parse(line).msg)
  }
  const killed = 'process.kill(process.pid, "SIGKILL")'

  test.each([
    [
      'a warning is written at once, with all that came before it',
      `log.info({}, 'one'); log.warn({}, 'two'); ${killed}`,
    ],
    [
      'lines that nobody warns of are written soon',
      `log.info({}, 'one'); log.info({}, 'two'); setTimeout(() => ${killed}, 1_000)`,
    ],
    ['a process that ends writes what it still has', `log.info({}, 'one'); log.info({}, 'two'); process.exit(1)`],
  ])('%s', (_, statements) => expect(writtenBy(statements)).toEqual(['one', 'two', '']))

  test('a burst is written in order, and nothing of it twice', () => {
    const burst = Array.from({ length: 1_000 }, (_, i) => String(i))
    expect(writtenBy(`for (let i = 0; i < 1_000; i++) log.info({}, String(i))`)).toEqual([...burst, ''])
  })
})
