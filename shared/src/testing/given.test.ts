import { describe, expect, test } from 'vitest'
import { PermanentError } from '../errors.ts'
import { command, type Event, event, timer } from '../messages.ts'
import { accept, after, refuse, refused as refusedOutcome, reject, succeed } from '../outcomes.ts'
import { participant } from '../participant.ts'
import { durationMs, setting } from '../settings.ts'
import { state } from '../states.ts'
import { accepted, asked, calls, fails, fired, ignored, refused, rejected, sets, succeeded, testing } from './given.ts'

type Wished = Event<'Wished', { id: string; size: number }>
const lampEvent = <E extends Event<string, { id: string }>>(name: string) =>
  event<E>({ fullName: `lamp.${name}`, topic: 'lamp.events.v1', sagaField: 'id', avro: 'null' })
const Wished = lampEvent<Wished>('Wished')
type Unwished = Event<'Unwished', { id: string }>
const Unwished = lampEvent<Unwished>('Unwished')
type Granted = Event<'Granted', { id: string; size: number }>
const Granted = lampEvent<Granted>('Granted')
type Denied = Event<'Denied', { id: string }>
const Denied = lampEvent<Denied>('Denied')
type Mentioned = Event<'Mentioned', { id: string; loud: boolean }>
const Mentioned = lampEvent<Mentioned>('Mentioned')
type Told = Event<'Told', { id: string }>
const Told = lampEvent<Told>('Told')
const Dimmed = timer<{ to: number }>()('Dimmed')
const Rub = command<{ id: string }, { rubs: number }>()('Rub', { saga: c => c.id })

let clock = 0
const states = {
  wishes: state<{ id: string; size: number }>()({ table: 'wishes', key: 'id' }),
  lamps: state<{ id: string; rubs: number }>()({ table: 'lamps', key: 'id' }),
}
const settings = { delayMs: setting({ env: 'DELAY', type: durationMs, default: '2s', description: 'how long' }) }
const lamp = participant({ service: 'lamp', states, settings }, ({ on }) => [
  on(Wished)
    .reads('wishes', e => [e.id])
    .action('grant', {
      emits: [Granted, Dimmed],
      rejects: [Denied],
      run: (e, { wishes }, { settings: { delayMs } }) => {
        if (e.size > 100) return reject('too-big', Denied({ id: e.id }))
        if (e.size === 13) throw new PermanentError('unlucky', 'the size 13 is not served')
        if (e.size === 14) throw new Error('no such thing')
        if (e.size === 15) wishes.get('of another')
        if (e.size === 16) return succeed(Granted({ id: e.id, size: clock++ }))
        if (e.size === 17) (e as { size: number }).size = 0
        if (wishes.get(e.id)) return refusedOutcome('granted-before')
        wishes.put({ id: e.id, size: e.size })
        return succeed(Granted({ id: e.id, size: e.size }), after(delayMs, Dimmed, { to: 1 }))
      },
    }),
  on(Unwished)
    .reads('wishes', e => [e.id])
    .compensates('grant', {
      emits: [Denied],
      run: (e, { wishes }) => {
        wishes.delete(e.id)
        return succeed(Denied({ id: e.id }))
      },
      otherwise: () => succeed(),
    }),
  on(Mentioned)
    .when(e => e.loud)
    .reads('lamps', e => [e.id])
    .effect('tell', {
      emits: [Told],
      timeoutMs: 1_000,
      intend: (e, { lamps }) => (lamps.get(e.id) ? { request: { to: e.id } } : reject('no-lamp')),
      call: () => Promise.reject(new Error('a test of a pure handler calls nobody')),
      record: (e, heard: { ears: number }, { lamps }) => {
        lamps.put({ id: e.id, rubs: heard.ears })
        return succeed(Told({ id: e.id }))
      },
    }),
  on(Dimmed).action('dim', { emits: [], run: () => refusedOutcome('dark') }),
  on(Rub)
    .reads('lamps', c => [c.id])
    .action('rub', {
      emits: [],
      run: (c, { lamps }) => {
        const found = lamps.get(c.id)
        if (!found) return refuse(404, 'unknown-lamp', `there is no lamp ${c.id}`)
        lamps.put({ ...found, rubs: found.rubs + 1 })
        return accept({ rubs: found.rubs + 1 })
      },
    }),
])

const { given } = testing(lamp)
const wish = { id: 'a', size: 1 }

describe('what a test can say', () => {
  test('an action succeeds, with its rows, events and timers', () =>
    given()
      .when(Wished(wish))
      .then(succeeded(Granted(wish), sets(Dimmed, 2_000)), { wishes: [wish] }))
  test('a timer with its data', () =>
    given()
      .when(Wished(wish))
      .then(succeeded(Granted(wish), sets(Dimmed, 2_000, { to: 1 })), { wishes: [wish] }))
  test('other settings', () =>
    testing(lamp, { delayMs: 5 })
      .given()
      .when(Wished(wish))
      .then(succeeded(Granted(wish), sets(Dimmed, 5)), { wishes: [wish] }))
  test('an action rejects', () =>
    given()
      .when(Wished({ id: 'a', size: 101 }))
      .then(rejected(Denied({ id: 'a' }))))
  test('an action rejects with a code', () =>
    given()
      .when(Wished({ id: 'a', size: 101 }))
      .then(rejected('too-big', Denied({ id: 'a' }))))
  test('an action is refused', () =>
    given({ wishes: [wish] })
      .when(Wished(wish))
      .then(refused('granted-before')))
  test('a permanent error', () =>
    given()
      .when(Wished({ id: 'a', size: 13 }))
      .then(fails('unlucky')))
  test('a permanent error, with what it says', () =>
    given()
      .when(Wished({ id: 'a', size: 13 }))
      .then(fails('unlucky', 'the size 13 is not served')))
  test('a compensation with something to undo', () =>
    given({ wishes: [wish] })
      .done('grant')
      .when(Unwished({ id: 'a' }))
      .then(succeeded(Denied({ id: 'a' })), { wishes: [] }))
  test('a compensation with nothing to undo', () =>
    given()
      .notDone('grant')
      .when(Unwished({ id: 'a' }))
      .then(succeeded()))
  test('an effect intends its call', () =>
    given({ lamps: [{ id: 'a', rubs: 0 }] })
      .when(Mentioned({ id: 'a', loud: true }))
      .then(calls({ to: 'a' })))
  test('an effect records what came back', () =>
    given({ lamps: [{ id: 'a', rubs: 0 }] })
      .when(Mentioned({ id: 'a', loud: true }))
      .answering({ ears: 2 })
      .then(succeeded(Told({ id: 'a' })), { lamps: [{ id: 'a', rubs: 2 }] }))
  test('a message that is filtered out', () =>
    given()
      .when(Mentioned({ id: 'a', loud: false }))
      .then(ignored()))
  test('a timer', () =>
    given()
      .when(fired(Dimmed, 'a', { to: 0 }))
      .then(refused('dark')))
  test('a command is accepted', () =>
    given({ lamps: [{ id: 'a', rubs: 1 }] })
      .when(asked(Rub, { id: 'a' }))
      .then(accepted({ rubs: 2 }), { lamps: [{ id: 'a', rubs: 2 }] }))
  test('a command is refused', () =>
    given()
      .when(asked(Rub, { id: 'a' }))
      .then(refused('unknown-lamp', 404)))
  test('a command is refused, with what its client is told', () =>
    given()
      .when(asked(Rub, { id: 'a' }))
      .then(refused('unknown-lamp', 404, 'there is no lamp a')))
})

describe('what a wrong test is told', () => {
  const told = (test: () => void, ...parts: string[]) => {
    for (const part of parts) expect(test).toThrow(part)
  }
  test('another outcome', () =>
    told(
      () => given().when(Wished(wish)).then(rejected('too-big')),
      'grant on Wished ended otherwise than expected',
      "+   end: 'succeeded'",
      "-   end: 'rejected'",
    ))
  test('another event', () =>
    told(
      () =>
        given()
          .when(Wished(wish))
          .then(succeeded(Granted({ id: 'a', size: 2 }), sets(Dimmed, 2_000))),
      'size: 1',
      'size: 2',
    ))
  test('another rejection code', () =>
    told(
      () =>
        given()
          .when(Wished({ id: 'a', size: 101 }))
          .then(rejected('too-small', Denied({ id: 'a' }))),
      'too-small',
    ))
  test('another text', () => {
    told(
      () =>
        given()
          .when(Wished({ id: 'a', size: 13 }))
          .then(fails('unlucky', 'the size 14 is not served')),
      'the size 13 is not served',
    )
    told(
      () =>
        given()
          .when(asked(Rub, { id: 'a' }))
          .then(refused('unknown-lamp', 404, 'there is no lamp b')),
      'there is no lamp a',
    )
  })
  test('another delay or data of a timer', () => {
    told(
      () =>
        given()
          .when(Wished(wish))
          .then(succeeded(Granted(wish), sets(Dimmed, 1))),
      'delayMs: 2000',
    )
    told(
      () =>
        given()
          .when(Wished(wish))
          .then(succeeded(Granted(wish), sets(Dimmed, 2_000, { to: 7 }))),
      'to: 7',
    )
  })
  test('a row that the test does not mention', () =>
    told(
      () =>
        given()
          .when(Wished(wish))
          .then(succeeded(Granted(wish), sets(Dimmed, 2_000))),
      'changed wishes, which the test does not mention',
    ))
  test('another row', () =>
    told(
      () =>
        given()
          .when(Wished(wish))
          .then(succeeded(Granted(wish), sets(Dimmed, 2_000)), { wishes: [] }),
      'left other wishes than expected',
    ))
  test('a key that `reads` does not name', () =>
    given()
      .when(Wished({ id: 'a', size: 15 }))
      .then(fails('undeclared-key')))
  test('a handler that throws by mistake, with its stack', () =>
    told(
      () =>
        given()
          .when(Wished({ id: 'a', size: 14 }))
          .then(fails('unlucky')),
      'no such thing',
      'given.test.ts',
    ))
  test('a handler that is not pure', () =>
    told(
      () =>
        given()
          .when(Wished({ id: 'a', size: 16 }))
          .then(succeeded()),
      'is not pure',
    ))
  test('a handler that changes its message', () =>
    told(
      () =>
        given()
          .when(Wished({ id: 'a', size: 17 }))
          .then(succeeded()),
      'read only',
    ))
  test('a compensation without word of its action', () =>
    told(
      () =>
        given()
          .when(Unwished({ id: 'a' }))
          .then(succeeded()),
      ".done('grant')",
    ))
  test('a message that nobody reacts to', () =>
    told(() => given().when(Granted(wish)).then(succeeded()), 'lamp has no reaction to the event Granted'))
  test('an end that was awaited', () =>
    expect(given().when(Wished(wish)) as unknown as Promise<void>).rejects.toThrow('was awaited'))
})

describe('a history', () => {
  test('carries the rows from one message to the next', () => {
    const story = testing(lamp).history()
    const ends = [Wished(wish), Wished(wish), Unwished({ id: 'a' }), Wished(wish)].map(message => {
      const ended = story.happens(message, { done: true })
      return ended.end === 'outcome' ? ended.outcome.outcome : ended.end
    })
    expect(ends).toEqual(['succeeded', 'refused', 'succeeded', 'succeeded'])
    expect(story.rows.wishes).toEqual([wish])
  })
  test('drops the puts of a handler that throws', () => {
    const story = testing(lamp).history({ wishes: [wish] })
    expect(story.happens(Wished({ id: 'b', size: 13 })).end).toBe('thrown')
    expect(story.rows.wishes).toEqual([wish])
  })
})
