/** What every store of a participant does: asked of the one over PostgreSQL and of the simulated one alike. */
import { expect, test } from 'vitest'
import { timerId } from '../../core/ids.ts'
import type { Direction, Saga } from '../../core/saga.ts'
import { after, succeed } from '../../kit.ts'
import { delivered, newSagaId } from '../engine.fixture.ts'
import { Alarm, Begin, behaviour, Noted, Paid, TopUp, Undone } from '../participant.fixture.ts'
import type { ContractInstance, ContractStore } from './simulated-instance.fixture.ts'

const steps: readonly (readonly [string, Direction])[] = [
  ...(['pay', 'note', 'ring', 'begin', 'poke'] as const).map(step => [step, 'action'] as const),
  ['pay', 'compensation'],
]

/** A saga's fence and queue without what differs from run to run: times, and numbers drawn from a sequence. */
export function standingOf(saga: Saga) {
  const fence = steps.flatMap(([step, direction]) => {
    const row = saga.fence(step, direction)
    if (!row) return []
    const { status, messageId, messageType, errorCode, attempts, endedIds } = row
    return [{ step, direction, status, messageId, messageType, errorCode, attempts, endedIds }]
  })
  const alarm = saga.waiting(timerId('ledger', saga.id, 'Alarm'))
  const waiting = [...saga.unfinished(), ...(alarm?.kind === 'timer' ? [alarm] : [])].map(row => {
    const { id, kind, messageType, step, direction, attempts, deaths, errorCode, errorMessage, request } = row
    const isDue = row.dueAtMs !== null
    return { id, kind, messageType, step, direction, attempts, deaths, errorCode, errorMessage, request, isDue }
  })
  return { fence, waiting }
}

/** Saga by saga: between two of them no order is promised. */
export async function outboxOf(store: ContractStore) {
  const rows = [...(await store.outbox())].sort(
    (a, b) => (a.sagaId < b.sagaId ? -1 : a.sagaId > b.sagaId ? 1 : 0) || a.seq - b.seq || a.n - b.n,
  )
  return rows.map(({ sagaId, topic, partition, key, headers, deferred }) => ({
    ...{ sagaId, topic, partition, key: key && String(key), deferred },
    ...{ event: headers.ce_id, type: headers.ce_type, cause: headers.ce_causationid },
    ...{ letter: headers['dlq-id'], deaths: headers['dlq-deaths'], status: headers['dlq-status'] },
  }))
}

/** A record that nobody can read. */
export const unreadable = (id: string) => ({
  ...{ id, partition: 0, code: 'undecodable', problem: 'no Avro' },
  envelope: { key: null, headers: {}, body: Buffer.from([1]) },
})

export function storeContract(open: () => Promise<ContractStore>): void {
  const inStore =
    (check: (store: ContractStore, a: ContractInstance, b: ContractInstance) => Promise<void>) => async () => {
      const store = await open()
      try {
        await check(store, await store.instance(), await store.instance())
      } finally {
        behaviour.clear()
        await store.close()
      }
    }
  const fields = (account: string, amount: number) => ({ sagaId: newSagaId(), account, amount })
  const outcomes = (decided: readonly { outcome: string }[]) => decided.map(({ outcome }) => outcome)

  test(
    'rule 1: of one message at two instances at once, one has the effect',
    inStore(async (store, a, b) => {
      const paid = delivered(Paid, fields('ann', 5))
      const ended = await Promise.all([a.deliver(paid), b.deliver({ ...paid })])
      expect(ended.flatMap(outcomes).toSorted()).toEqual(['duplicate', 'succeeded'])
      expect(await store.rows('accounts')).toEqual([{ account: 'ann', balance: 5 }])
    }),
  )

  test(
    'rule 3: two batches of the same new sagas in crossing order both end',
    inStore(async (store, a, b) => {
      const [first, second] = [fields('ann', 1), fields('bob', 2)]
      const ended = await Promise.all([
        a.deliver(delivered(Paid, first), delivered(Paid, second)),
        b.deliver(delivered(Noted, second), delivered(Noted, first)),
      ])
      expect(ended.flatMap(outcomes)).toEqual(['succeeded', 'succeeded', 'succeeded', 'succeeded'])
      expect(await store.rows('payments')).toHaveLength(2)
    }),
  )

  test(
    'rule 4: two first payments to one account are both there',
    inStore(async (store, a, b) => {
      await Promise.all([a.deliver(delivered(Paid, fields('ann', 100))), b.deliver(delivered(Paid, fields('ann', 50)))])
      expect(await store.rows('accounts')).toEqual([{ account: 'ann', balance: 150 }])
    }),
  )

  test(
    'rule 7: of three in a batch the one whose handler throws is tried again, alone',
    inStore(async (store, a) => {
      const broken = fields('bob', 2)
      behaviour.set(`pay/${broken.sagaId}`, () => {
        throw new Error('cannot')
      })
      const ended = await a.deliver(
        delivered(Paid, fields('ann', 1)),
        delivered(Paid, broken),
        delivered(Paid, fields('ann', 3)),
      )
      expect(outcomes(ended)).toEqual(['succeeded', 'failed', 'succeeded'])
      expect(await store.rows('accounts')).toEqual([{ account: 'ann', balance: 4 }])
      behaviour.clear()
      await store.makeDue()
      expect(outcomes(await a.runDue())).toEqual(['succeeded'])
    }),
  )

  test(
    'rule 8: what has no outcome that anybody knows of comes again, and changes nothing',
    inStore(async (store, a, b) => {
      const paid = delivered(Paid, fields('ann', 5))
      await a.deliver(paid)
      const before = [standingOf(await store.saga(paid.sagaId)), await outboxOf(store)]
      expect(outcomes(await b.deliver({ ...paid }))).toEqual(['duplicate'])
      expect([standingOf(await store.saga(paid.sagaId)), await outboxOf(store)]).toEqual(before)
    }),
  )

  test(
    'rule 12: a compensation before its action answers, and its action is late',
    inStore(async (store, a) => {
      const saga = fields('ann', 5)
      expect(outcomes(await a.deliver(delivered(Undone, saga)))).toEqual(['succeeded'])
      expect(outcomes(await a.deliver(delivered(Paid, saga)))).toEqual(['late'])
      expect(await store.rows('accounts')).toEqual([])
    }),
  )

  test(
    'a step keeps what it changed of its saga’s own rows, also where both directions share a transaction',
    inStore(async (store, a) => {
      const saga = fields('ann', 5)
      await a.deliver(delivered(Paid, saga), delivered(Undone, saga))
      expect(await store.images(saga.sagaId)).toEqual({
        pay: [{ table: 'payments', before: null, after: saga }],
        'undo pay': [{ table: 'payments', before: saga, after: null }],
      })
    }),
  )

  test(
    'rule 24: an event behind one that stands is deferred, and behind an acknowledged one is not',
    inStore(async (store, a) => {
      const saga = fields('ann', 5)
      await a.deliver(delivered(Paid, saga))
      await a.deliver(delivered(Undone, saga))
      expect((await outboxOf(store)).map(({ deferred }) => deferred)).toEqual([false, true])

      const other = fields('bob', 7)
      await a.deliver(delivered(Paid, other))
      a.acknowledged.add(a.published.filter(row => row.sagaId === other.sagaId))
      await a.deliver(delivered(Undone, other))
      const left = (await outboxOf(store)).filter(({ sagaId }) => sagaId === other.sagaId)
      expect(left).toMatchObject([{ deferred: false }, { event: `${other.sagaId}/pay/compensation`, deferred: false }])
    }),
  )

  test(
    'rule 24: the marker of a letter without a saga is deferred behind its letter',
    inStore(async (store, a) => {
      await a.bury(unreadable('orders/0/7'))
      const letter = { id: 'orders/0/7', sagaId: null, deaths: 1 }
      await a.act({ act: 'discard', letter, operator: 'ann', plan: null, reason: 'not ours', force: false })
      const told = (await outboxOf(store)).map(({ status, deferred }) => ({ status, deferred }))
      expect(told).toEqual([
        { status: 'dead', deferred: false },
        { status: 'discarded', deferred: true },
      ])
    }),
  )

  test(
    'rule 30: a timer that two have read fires once',
    inStore(async (store, a, b) => {
      const saga = fields('ann', 5)
      behaviour.set('note', () => succeed(after(1_000, Alarm, { account: 'ann' })))
      await a.deliver(delivered(Noted, saga))
      await store.makeDue()
      const ended = await Promise.all([a.runDue(), b.runDue()])
      expect(ended.flatMap(outcomes).filter(outcome => outcome === 'succeeded')).toHaveLength(1)
      expect(standingOf(await store.saga(saga.sagaId)).waiting).toEqual([])
    }),
  )

  test(
    'rule 32: a request at two instances at once acts once, and both have its answer',
    inStore(async (store, a, b) => {
      const topUp = { account: 'ann', amount: 5 }
      const once = { key: 'once' }
      const answers = await Promise.all([a.command(TopUp, topUp, once), b.command(TopUp, topUp, once)])
      expect(answers).toEqual([answers[0], answers[0]])
      expect(answers[0]).toEqual({ status: 'accepted', answer: { balance: 5 } })
      expect(await a.command(TopUp, { account: 'ann', amount: 6 }, once)).toEqual({ status: 'key-reused' })
      expect(await store.rows('accounts')).toEqual([{ account: 'ann', balance: 5 }])
    }),
  )

  test(
    'rule 31: a command that opens a saga leaves fence and event, and acts once',
    inStore(async (store, a) => {
      const saga = fields('ann', 5)
      expect(await a.command(Begin, saga)).toEqual({ status: 'accepted', answer: { balance: 5 } })
      expect(standingOf(await store.saga(saga.sagaId)).fence).toMatchObject([{ step: 'begin', status: 'succeeded' }])
      expect(await a.command(Begin, saga)).toEqual({ status: 'failed', code: 'fence-contradicted' })
      expect(await outboxOf(store)).toHaveLength(1)
    }),
  )
}
