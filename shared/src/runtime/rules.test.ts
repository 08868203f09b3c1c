import { expect, test } from 'vitest'
import { after, type Participant, participant, succeed } from '../kit.ts'
import { Alarm, Done, ledger, Noted, Paid } from '../testing/participant.fixture.ts'
import { createRules } from './rules.ts'

const sagaId = '019b0000-0000-7000-8000-000000000000'
const rulesOf = (bodyBytes: number, maxMessageBytes: number, sizeCheck = true, of: Participant<any, any> = ledger) =>
  createRules({
    participant: of,
    own: {},
    codec: { encode: () => Buffer.alloc(bodyBytes) } as never,
    kit: { retryMaxAttempts: 5, retryBaseDelayMs: 1, retryMaxDelayMs: 1, topicPartitions: 4, topicPrefix: '' } as never,
    horizon: { horizonMs: 1, longestTimerMs: 1 },
    maxMessageBytes,
    safeguards: { sizeCheck },
  })
const encode = (rules: ReturnType<typeof rulesOf>, meta: { causationId?: string; traceparent?: string } = {}) =>
  rules.encode(Done({ sagaId, account: 'ann', amount: 1 }), {
    ...{ id: `${sagaId}/pay/action`, sagaId, causationId: 'the-cause', now: new Date(0), traceparent: undefined },
    ...meta,
  })

test('rule 22: the size of an event is that of its headers too, whoever wrote what is in them', () => {
  expect(() => encode(rulesOf(100, 1_000))).not.toThrow()
  for (const [rules, meta] of [
    [rulesOf(1_000, 1_000), {}],
    [rulesOf(100, 1_000), { causationId: '\u{1f4b8}'.repeat(150) }],
  ] as const)
    expect(() => encode(rules, meta)).toThrow(expect.objectContaining({ code: 'event-too-large' }))
  expect(() => encode(rulesOf(1_000, 1_000, false))).not.toThrow()
})

test('rule 20: a step that only sets a timer may owe what follows from that; one that tells nobody owes nothing', () => {
  const states = {}
  const quiet = participant({ service: 'quiet', states, settings: {} }, ({ on }) => [
    on(Paid).action('wait', { emits: [Alarm], run: e => succeed(after(1_000, Alarm, { account: e.account })) }),
    on(Noted).action('note', { emits: [], run: () => succeed() }),
    on(Alarm).action('ring', { emits: [], run: () => succeed() }),
  ])
  const { owesNothing, reactsTo } = rulesOf(1, 1_000, true, quiet)
  expect([...owesNothing]).toEqual(['Noted', 'Alarm'])
  expect([...reactsTo]).toEqual(['Paid', 'Noted', 'Alarm'])
})

test('a trace goes on; what is none begins one that is named by the saga', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c'
  const began = (traceparent?: string) =>
    encode(rulesOf(1, 10_000), traceparent === undefined ? {} : { traceparent }).headers.traceparent
  expect(began(`00-${trace}-b7ad6b7169203331-00`)).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-00$`))
  const own = new RegExp(`^00-${sagaId.replaceAll('-', '')}-[0-9a-f]{16}-01$`)
  for (const none of [undefined, '', 'nonsense', `00-${'a'.repeat(5_000)}-b7ad6b7169203331-01`, `00-${trace}-x-01`])
    expect(began(none)).toMatch(own)
})
