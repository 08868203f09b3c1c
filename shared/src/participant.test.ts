import { describe, expect, test } from 'vitest'
import { auditOf, command, figure, participant, state, succeed, timer } from './kit.ts'
import { Begin, Done, Noted, Paid, Undone } from './testing/participant.fixture.ts'

const states = {
  first: state<{ id: string }>()({ table: 'first', key: 'id' }),
  second: state<{ id: string }>()({ table: 'second', key: 'id' }),
}
const run = () => succeed()
const Tick = timer()('Tick')
const Ask = command<object, object>()('Ask', { saga: 'none' })

/** What the types refuse too; a participant in plain JavaScript has no types. */
const define =
  (reactions: (on: any) => unknown[], service = 'x') =>
  () =>
    participant({ service, states, settings: {} }, (({ on }: any) => reactions(on)) as never)

test.each<[string, string, (on: any) => unknown[]]>([
  [
    'rule 15: two reactions to one message',
    'two-reactions',
    on => [on(Paid).action('a', { emits: [], run }), on(Paid).action('b', { emits: [], run })],
  ],
  [
    'rule 3: states in another order than they are locked',
    'lock-order',
    on => [
      on(Paid)
        .reads('second', () => [])
        .reads('first', () => [])
        .action('a', { emits: [], run }),
    ],
  ],
  [
    'rule 12: a compensation of nothing',
    'no-action',
    on => [on(Undone).compensates('a', { emits: [], run, otherwise: run })],
  ],
  ['rule 30: a timer that nobody reads', 'timer-unread', on => [on(Paid).action('a', { emits: [Tick], run })]],
  ['rule 24: events on two topics', 'two-topics', on => [on(Noted).action('a', { emits: [Done, Paid], run })]],
  ['a step whose name is no metric label', 'step-name', on => [on(Paid).action('Pay!', { emits: [], run })]],
  [
    'a state that is not declared',
    'unknown-state',
    on => [
      on(Paid)
        .reads('third', () => [])
        .action('a', { emits: [], run }),
    ],
  ],
  ['a command without a saga that is no `local`', 'command-saga', on => [on(Ask).action('a', { emits: [], run })]],
  [
    'a step undone by a compensation that is not there',
    'undone-by',
    on => [on(Paid).action('a', { emits: [], undoneBy: 'b', run })],
  ],
  [
    'a command that waits for an answer to which nothing reacts',
    'answered-by',
    on => [on(Begin).action('a', { emits: [], answeredBy: [Paid], run })],
  ],
  [
    'an event that waits for an answer',
    'answered-by',
    on => [on(Noted).action('a', { emits: [], answeredBy: [Paid], run }), on(Paid).action('b', { emits: [], run })],
  ],
  [
    'a step that excludes what is no step here',
    'excludes-unknown',
    on => [on(Paid).action('a', { emits: [], excludes: ['b'], run })],
  ],
])('refuses %s', (_name, code, reactions) => {
  expect(define(reactions)).toThrow(expect.objectContaining({ code }))
})

test('refuses a final event that it does not publish', () => {
  const quiet = () => participant({ service: 'x', states, settings: {}, final: [Done] }, () => [])
  expect(quiet).toThrow(expect.objectContaining({ code: 'final-unpublished' }))
})

describe('refuses an audit', () => {
  const says = { first: () => [] }
  const settles = { first: () => ({ ending: 'DONE', settledAt: null, figures: [] }) }
  test.each<[string, string, object]>([
    ['of a table that is none of its states', 'audit-table', { figures: ['paid'], says: { third: () => [] } }],
    ['with a family of two words', 'audit-family', { figures: ['paid twice'], says }],
    ['that settles sagas by two tables', 'audit-settles', { settles: { ...settles, second: settles.first } }],
    ['that declares families, and says nothing of them', 'audit-silent', { figures: ['paid'] }],
  ])('%s', (_, code, o) => {
    expect(() =>
      participant({ service: 'x', states, settings: {}, audit: auditOf(states, o as never) }, () => []),
    ).toThrow(expect.objectContaining({ code }))
  })
})

test('a figure that is no safe integer is refused where it is made', () => {
  expect(() => figure('paid', 'EUR', 0.1)).toThrow(/figure paid EUR: 0.1 is no safe integer/)
})

test('refuses a service name that is no topic name', () => {
  expect(define(() => [], 'My Service')).toThrow(expect.objectContaining({ code: 'service-name' }))
})
