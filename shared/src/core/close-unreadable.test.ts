import { describe, expect, test } from 'vitest'
import { due, logRow, message, now, rules, sagaId } from '../testing/decisions.fixture.ts'
import { Paid } from '../testing/participant.fixture.ts'
import { type Act, takeActs } from './act.ts'
import type { UnreadableLetter } from './close-unreadable.ts'
import { Decision } from './decision.ts'
import { everySafeguard, type Safeguards } from './safeguards.ts'
import { type LogRow, Saga } from './saga.ts'

const id = 'source.events.v1/0/7'
const by = { letter: { id, sagaId: null, deaths: 2 }, operator: 'ann', plan: null }
const replay: Act = { act: 'replay', ...by }
const restore: Act = { act: 'restore', ...by, opens: false, request: null }
const discard: Act = { act: 'discard', ...by, reason: 'it was a test', force: false }
const dead = { stands: 'dead', deaths: 2, errorCode: 'no-avro' } as const
const gone = { stands: undefined, deaths: 0, errorCode: null } as const
const tombstone = { stands: 'tombstone', deaths: 2, errorCode: null } as const

function taken(
  act: Act,
  found: Omit<UnreadableLetter, 'outboxSagaId'>,
  fence: LogRow[] = [],
  o: Partial<Safeguards> = {},
) {
  const sagas = new Map([[sagaId, new Saga(sagaId, 'known', fence)]])
  const loaded = { now, seq: 1, sagas, tables: new Map(), turns: new Map(), random: () => 0 }
  const decision = new Decision({ ...rules, safeguards: { ...everySafeguard, ...o } }, loaded)
  takeActs(decision, [act], new Map([[id, { ...found, outboxSagaId: 'behind the letter' }]]))
  const { acted, outbox, unreadableClosed: closed } = decision
  return { result: acted[0]!.result, detail: acted[0]!.detail, errorCode: acted[0]!.errorCode, outbox, closed }
}
const marked = (status: string) => ({
  ...{ sagaId: 'behind the letter', topic: 'ledger.dlq', partition: id.length, key: null, body: null },
  headers: { 'dlq-id': id, 'dlq-deaths': '2', 'dlq-status': status },
})

describe('rule 21: the letter of a record that nobody could read', () => {
  test('is discarded, and a tombstone is left: delivered again, the record makes no new letter', () =>
    expect(taken(discard, dead)).toEqual({
      ...{ result: 'done', detail: null, errorCode: 'no-avro' },
      ...{ outbox: [marked('discarded')], closed: [{ id, how: 'tombstone' }] },
    }))
  test.each([
    ['what it was is done by now', { ...replay, read: message(Paid) }, dead],
    ['it is nobody’s here', replay, dead],
    ['its row is lost, and only the topic has it', restore, gone],
    ['its row is lost, and what it was is done', { ...restore, read: message(Paid) }, gone],
  ])('is replayed, and forgotten: %s', (_, act, found) =>
    expect(taken(act, found, [logRow('succeeded')])).toMatchObject({
      ...{ result: 'done', errorCode: found.errorCode },
      ...{ outbox: [marked('replayed')], closed: [{ id, how: 'forget' }] },
    }),
  )

  // It reads as it would if Kafka brought it: that no row of it is due says nothing.
  const refused = { ...message(Paid), origin: due() }
  const discardedBefore = 'it was discarded'
  const unstored = 'it can be read, but the database still refuses to store it'
  const diedAnew = 'it has died 3 times; the letter that was looked at is of death 2'
  const anew = { ...dead, deaths: 3 }
  test.each<[string, Act, Parameters<typeof taken>[1], string, string | null]>([
    ['replay: discarded', replay, tombstone, 'already', discardedBefore],
    ['restore: discarded', restore, tombstone, 'already', discardedBefore],
    ['discard: discarded', discard, tombstone, 'already', discardedBefore],
    ['replay: replayed', replay, gone, 'already', 'it is no letter any more'],
    ['discard: unknown', discard, gone, 'unknown', null],
    ['restore: it stands', restore, dead, 'changed', 'it stands here; look again'],
    ['replay: died anew', replay, anew, 'changed', diedAnew],
    ['restore: died anew', restore, anew, 'changed', diedAnew],
    ['discard: died anew', discard, anew, 'changed', diedAnew],
    ['replay: refused again', { ...replay, read: refused }, dead, 'unreadable', unstored],
    ['restore: refused again', { ...restore, read: refused }, gone, 'unreadable', unstored],
  ])('%s: nothing changes', (_, act, found, result, detail) =>
    expect(taken(act, found)).toEqual({ result, detail, errorCode: null, outbox: [], closed: [] }),
  )

  test('without the comparison a death that nobody looked at is replayed', () =>
    expect(taken(replay, { ...dead, deaths: 3 }, [], { deathsGuard: false }).result).toBe('done'))
})
