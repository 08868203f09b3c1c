import type { Act, ActResult, MessageState, SagaState } from '../../admin/contract.ts'
import { Silence } from '../admin.ts'
import type { Journal, Outcome } from './journal.ts'
import { nameOf, type PlanLetter } from './plan.ts'
import type { Owner } from './replay-letter.ts'

export const letter = (sagaId: string | null, id: string, o: Partial<PlanLetter> = {}): PlanLetter => ({
  ...{ service: 'pay', sagaId, id, deaths: 1, step: 'pay', direction: 'action', messageType: 'Placed' },
  ...{ errorCode: 'handler-threw', diedAt: '2025-01-31T10:00:00.000Z' },
  ...o,
})

export const state = (o: Partial<MessageState> & Pick<MessageState, 'state'>): MessageState => ({
  ...{ deaths: 1, attempts: 0, dueAt: null, errorCode: null, errorMessage: null, status: null },
  ...o,
})

const actedAt = '2025-01-31T11:00:00.000Z'
export const act = (of: Pick<Act, 'id' | 'sagaId' | 'deaths'>, o: Partial<Act> = {}): Act => ({
  ...{ id: of.id, sagaId: of.sagaId, deaths: of.deaths, at: actedAt, operator: 'bob', act: 'replay', plan: null },
  ...{ step: 'pay', direction: 'action', errorCode: 'handler-threw', reason: null, forced: false },
  ...o,
})

/**
 * What an owner does with letters, by rule 19: a dead one is taken once, later requests find it taken. `after` says where
 * its message stands each time it is asked for.
 */
export function modelOwner(after: (id: string, asked: number) => MessageState = () => state({ state: 'ended' })) {
  const taken: string[] = []
  const acts: Act[] = []
  const asked = new Map<string, number>()
  const owner = {
    taken,
    acts,
    /** So many of the next requests get no answer, though they are done. */
    silentFor: 0,
    unknown: new Set<string>(),
    async replay({ letters: [ref], plan }: Parameters<Owner['replay']>[0]): Promise<ActResult[]> {
      if (!ref) return []
      const isUnknown = owner.unknown.has(ref.id)
      const result = isUnknown ? 'unknown' : taken.includes(ref.id) ? 'already' : 'done'
      if (result === 'done') {
        taken.push(ref.id)
        acts.push(act(ref, { plan }))
      }
      answerOrNot()
      return [{ ...ref, result, detail: null }]
    },
    restore({ letters: [ref] }: Parameters<Owner['restore']>[0]): Promise<ActResult[]> {
      owner.unknown.delete(ref!.id)
      return owner.replay({ letters: [ref!], plan: 'p' })
    },
    async saga(sagaId: string): Promise<SagaState> {
      answerOrNot()
      return { service: 'pay', sagaId, createdAt: actedAt, log: [], waiting: [], unpublished: [], acts }
    },
    async message(id: string): Promise<MessageState> {
      asked.set(id, (asked.get(id) ?? 0) + 1)
      answerOrNot()
      return after(id, asked.get(id)!)
    },
  }
  const answerOrNot = () => {
    if (owner.silentFor-- > 0) throw new Silence('does not answer')
  }
  return owner
}

export function memoryJournal(): Journal & { readonly entries: string[] } {
  const outcomes = new Map<string, Outcome>()
  const entries: string[] = []
  return {
    entries,
    outcomeOf: of => outcomes.get(nameOf(of)),
    begin: of => void entries.push(`begin ${of.id}`),
    end(of, outcome) {
      outcomes.set(nameOf(of), outcome)
      entries.push(`${outcome.outcome} ${of.id}`)
    },
    stopped: why => void entries.push(`stopped ${why}`),
    close() {},
  }
}
