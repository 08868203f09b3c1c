import { setTimeout as sleep } from 'node:timers/promises'
import { styled } from './event-lines.ts'
import type { SagaEvent } from './saga-events.ts'
import type { SagaLog } from './saga-log.ts'
import type { OrderView, ShopHttp } from './shop-http.ts'
import { deposits, type Ending, leftOver, prices, receipts, type Stage, type Story } from './stories.ts'

export interface Telling {
  readonly stories: readonly Story[]
  /** The balance service, which is slow in some stories. */
  readonly balance: { pause(): void | Promise<void>; resume(): void | Promise<void> }
  readonly http: ShopHttp
  readonly sagas: SagaLog
  readonly say: (line: string) => void
  readonly signal: AbortSignal
  /** How long an order may take from its last request to its settled end. */
  readonly settleWithinMs: number
}

/** Plays the stories one after the other, and tells how each order ended. Gives what ended otherwise than expected, a line each. */
export async function tellStories(o: Telling): Promise<string[]> {
  const { say, sagas, http, signal, balance } = o
  const run = Math.floor(Date.now() / 1_000).toString(36)
  const own = (name: string) => `${name}-${run}`
  await seed(http, own)

  const stage: Stage = {
    http,
    async place(orderName, customer, lines) {
      const key = own(orderName.replaceAll(' ', '-'))
      sagas.expect(key, orderName)
      const owned = lines.map(line => ({ ...line, sku: own(line.sku) }))
      const { orderId } = await http.place(key, own(customer), owned)
      return orderId
    },
    heard: (orderId, type) => sagas.heard(orderId, event => event.type === type, o.settleWithinMs, signal),
    settled: orderId => settled(orderId, o),
    until: (what, isSo) => until(what, isSo, o),
    pauseBalance: async () => balance.pause(),
    resumeBalance: async () => balance.resume(),
  }

  const endings: Ending[] = []
  const wrong: string[] = []
  for (const { what, tell } of o.stories) {
    say(`\n${styled('bold', what)}`)
    try {
      const told = await tell(stage)
      endings.push(...told)
      if (!(await allSettled(told, o))) break // whatever is wrong would be wrong with the next one too
    } catch (error) {
      signal.throwIfAborted()
      wrong.push(`${what} ${(error as Error).message}`)
    }
  }

  say(`\n${styled('bold', 'Waiting for the stock that is held for those who cancelled.')}`)
  const ended = await Promise.all(endings.map(async ending => ({ ending, view: await settled(ending.orderId, o) })))
  await sleep(100, undefined, { signal }) // the last events on their way to the screen
  say(`\n${styled('bold', 'How the orders ended:')}`)
  for (const { ending, view } of ended) {
    const problem = differenceOf(ending, view)
    if (problem) wrong.push(problem)
    say(`  ${problem ? styled('red', 'WRONG') : styled('green', 'ok   ')}  ${ending.name.padEnd(13)} ${endOf(view)}`)
  }
  if (wrong.length === 0) wrong.push(...(await miscounted(http, own)))
  return wrong
}

/** What is said last. */
export const verdict = (wrong: readonly string[]): string =>
  wrong.length === 0
    ? '\nAll orders ended as expected; no piece and no cent is missing.'
    : `\nNot as expected:\n  ${wrong.join('\n  ')}`

async function seed(http: ShopHttp, own: (name: string) => string): Promise<void> {
  await Promise.all([
    ...Object.entries(prices).map(([sku, minor]) => http.setPrice(own(sku), minor)),
    ...Object.entries(receipts).map(([sku, quantity]) => http.receive(own(sku), quantity)),
    ...Object.entries(deposits).flatMap(([name, minor]) => [
      http.deposit(own(name), minor),
      http.setContact(own(name)),
    ]),
  ])
}

/** Each story is told to its end before the next begins, but for held stock, which is waited for at the end. */
async function allSettled(endings: readonly Ending[], o: Telling): Promise<boolean> {
  for (const { orderId, status, reason } of endings) {
    if (reason !== 'customer' && !(await settled(orderId, o)).settled) return false
    const last: ((event: SagaEvent) => boolean)[] = [
      ({ type, fields }) => type === 'NotificationSent' && fields.template === status.toLowerCase(),
    ]
    if (reason === 'customer') last.push(({ type }) => type === 'BalanceRefunded')
    for (const isIt of last) await o.sagas.heard(orderId, isIt, 2_000, o.signal).catch(() => o.signal.throwIfAborted())
  }
  return true
}

async function until(what: string, isSo: () => Promise<boolean>, { settleWithinMs, signal }: Telling): Promise<void> {
  const deadline = performance.now() + settleWithinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${settleWithinMs} ms in vain until ${what}`)
    await sleep(25, undefined, { signal })
  }
}

/** The order when it is settled, or as it is when its time is up. */
async function settled(orderId: string, { http, settleWithinMs }: Telling): Promise<OrderView> {
  const until = performance.now() + settleWithinMs
  for (;;) {
    const leftMs = until - performance.now()
    const view = await http.order(orderId, Math.ceil(Math.min(10_000, Math.max(0, leftMs)) / 1_000))
    if (view.settled || leftMs <= 0) return view
  }
}

function differenceOf(expected: Ending, view: OrderView): string | undefined {
  if (view.settled && view.status === expected.status && view.reason === expected.reason) return undefined
  const wanted = endOf({ ...expected, settled: true })
  return `${expected.name} (order ${expected.orderId}) should have ended ${wanted}, but is ${endOf(view)}`
}

const endOf = ({ status, reason, settled }: Pick<OrderView, 'status' | 'reason' | 'settled'>): string =>
  [status, reason && `(${reason})`, !settled && 'not settled'].filter(Boolean).join(' ')

/** Once all is settled, what is left must be exactly what the endings leave. */
async function miscounted(http: ShopHttp, own: (name: string) => string): Promise<string[]> {
  const wrong: string[] = []
  for (const [sku, expected] of Object.entries(leftOver.stock)) {
    const { onHand, reserved, sold } = await http.stock(own(sku))
    const [found, wanted] = [{ onHand, reserved, sold }, expected].map(each => JSON.stringify(each))
    if (found !== wanted) wrong.push(`the stock of ${own(sku)} should be ${wanted}, but is ${found}`)
  }
  for (const [name, expected] of Object.entries(leftOver.balanceMinor)) {
    const { balanceMinor } = await http.account(own(name))
    if (balanceMinor !== expected)
      wrong.push(`the account of ${own(name)} should have ${expected} minor units, but has ${balanceMinor}`)
  }
  return wrong
}
