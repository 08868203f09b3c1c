/** Given / when / then for a participant's pure handlers: no mocks, no I/O, the reaction as its own table declares it. */
import { AssertionError, deepStrictEqual } from 'node:assert/strict'
import type { Row } from '../core/views.ts'
import type { Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import type { Settings, ValuesOf } from '../settings.ts'
import type { RowOf, States } from '../states.ts'
import { compareEnds, type Expected } from './expected.ts'
import { type History, history } from './history.ts'
import { type Played, play, type Scene } from './play.ts'
import { defaultsOf } from './simulation/simulated-rules.ts'

export { booksOf } from './books-of.ts'
export { whatTheCanvasGetsWrong } from './canvas.ts'
export {
  type Answered,
  answered,
  type ConformanceOptions,
  conformance,
  type Promised,
  type Story,
} from './conformance/conformance.ts'
export {
  accepted,
  calls,
  cancels,
  type Expected,
  type ExpectedOut,
  fails,
  ignored,
  refused,
  rejected,
  sets,
  succeeded,
} from './expected.ts'
export type { History } from './history.ts'
export { asked, fired } from './messages.ts'

export type Rows<S extends States> = { readonly [N in keyof S]?: readonly RowOf<S[N]>[] }

export interface Given<S extends States> {
  /** The action of this step had taken effect: its compensation has something to undo. */
  done(step: string): Given<S>
  /** The action never took effect here: its compensation only answers. */
  notDone(step: string): Given<S>
  when(message: Message): When<S>
}
export interface When<S extends States> extends Ending<S> {
  /** The effect made its call and this came back. */
  answering(response: unknown): Ending<S>
}
export interface Ending<S extends States> {
  /** Tables named in `rows` hold exactly these rows afterwards; all others are as they were given. */
  then(expected: Expected, rows?: Rows<S>): void
}

/**
 * `settings` stand in for the environment, whose variables are at their defaults.
 * @example testing(balance).given({ accounts: [account()] }).when(stockReserved()).then(succeeded(balanceDeducted()), { accounts: [...] })
 */
export function testing<S extends States, Cfg extends Settings>(
  participant: Participant<S, Cfg>,
  settings: Partial<ValuesOf<Cfg>> = {},
) {
  const now = new Date('2026-01-02T03:04:05.678Z')
  const scene: Scene = {
    participant,
    settings: { ...defaultsOf(participant), ...settings },
    now,
    rows: {},
    tookEffect: new Map(),
  }
  return {
    /** The transaction's time in every test. */
    now,
    given: (rows: Rows<S> = {}): Given<S> => given({ ...scene, rows: rows as Scene['rows'] }),
    /** Several messages, one after another. */
    history: (rows: Rows<S> = {}): History =>
      history(participant, { settings: scene.settings, now, rows: rows as Scene['rows'] }),
  }
}

function given<S extends States>(scene: Scene): Given<S> {
  const knowing = (step: string, done: boolean) =>
    given<S>({ ...scene, tookEffect: new Map(scene.tookEffect).set(step, done) })
  return {
    done: step => knowing(step, true),
    notDone: step => knowing(step, false),
    when: message => ({
      ...ending(scene, message, () => play(scene, message, { source: 'kafka' })),
      answering: response =>
        ending(scene, message, () => {
          const intended = play(scene, message, { source: 'kafka' })
          if (intended.ended.end !== 'call') return intended
          return play(scene, message, { source: 'result', attempts: 1, dueAtMs: 0, result: { ok: true, response } })
        }),
    }),
  }
}

function ending<S extends States>(scene: Scene, message: Message, played: () => Played): Ending<S> {
  // biome-ignore lint/suspicious/noThenProperty: given / when / then is the point; nobody awaits it, and whoever does is told
  return { then: (expected, rows) => compare(scene, message, played, expected, rows as Scene['rows'] | undefined) }
}

function compare(
  scene: Scene,
  message: Message,
  played: () => Played,
  expected: Expected,
  rows: Scene['rows'] = {},
): void {
  if (typeof expected === 'function') throw new Error('given(...).when(...) was awaited: call .then(expected) instead')
  const { reaction, ended, rows: after } = played()
  const title = `${reaction.step} on ${message.type}`
  same(`${title} ended otherwise than expected`, () => compareEnds(ended, expected))
  for (const [name, { key }] of Object.entries(scene.participant.states as States)) {
    const wanted = sorted(rows[name] ?? scene.rows[name] ?? [], key)
    const what = name in rows ? `left other ${name} than expected` : `changed ${name}, which the test does not mention`
    same(`${title} ${what}`, () => deepStrictEqual(sorted(after[name] ?? [], key), wanted))
  }
}

const sorted = (rows: readonly Row[], key: string) =>
  rows.map(row => ({ ...row })).sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1))

/** Says first what differs; node and vitest show how. */
function same(title: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error
    const { actual, expected } = error
    throw new AssertionError({
      message: `${title}\n${error.message}`,
      actual,
      expected,
      operator: 'deepStrictEqual',
      stackStartFn: ending,
    })
  }
}
