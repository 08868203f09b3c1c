import { randomBytes } from 'node:crypto'
import { z } from 'zod'

const planLetter = z.object({
  service: z.string(),
  sagaId: z.string().nullable(),
  id: z.string(),
  /** Of the death that was seen: a letter that has died anew since is another one. */
  deaths: z.int().positive(),
  step: z.string().nullable(),
  direction: z.enum(['action', 'compensation']).nullable(),
  messageType: z.string().nullable(),
  errorCode: z.string(),
  diedAt: z.string(),
})
export type PlanLetter = z.infer<typeof planLetter>

/** The letters that were shown, and therefore those that are replayed: what dies later is left alone. */
export const plan = z.object({
  planId: z.string().regex(/^[\w.-]{1,100}$/),
  createdAt: z.iso.datetime(),
  operator: z.string(),
  /** Letters whose owner knows nothing of them are restored from the letter topics. */
  fromTopic: z.boolean(),
  letters: z.array(planLetter),
})
export type Plan = z.infer<typeof plan>

export function planOf(
  letters: readonly PlanLetter[],
  o: { readonly operator: string; readonly fromTopic: boolean; readonly now: Date },
): Plan {
  const { operator, fromTopic, now } = o
  const time = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  return {
    planId: `${time}-${randomBytes(3).toString('hex')}`,
    createdAt: now.toISOString(),
    ...{ operator, fromTopic },
    letters: letters.map(letter => planLetter.parse(letter)),
  }
}

/** One list for each saga, over all services, in the order of death: in that order they are replayed. */
export function bySaga(letters: readonly PlanLetter[]): PlanLetter[][] {
  const inOrder = letters.toSorted((a, b) => Date.parse(a.diedAt) - Date.parse(b.diedAt))
  // A record that nobody could read is nobody's saga, and stands alone.
  return [...Map.groupBy(inOrder, ({ service, sagaId, id }) => sagaId ?? `${service} ${id}`).values()]
}

export const nameOf = ({ service, sagaId, id, deaths }: PlanLetter) => JSON.stringify([service, sagaId, id, deaths])

export interface Count {
  readonly service: string
  readonly step: string
  readonly error: string
  readonly letters: number
  readonly sagas: number
}
/** What a plan would do, for the operator to agree to: most letters first. */
export function countsOf(letters: readonly PlanLetter[]): Count[] {
  const kinds = Map.groupBy(letters, ({ service, step, direction, errorCode }) =>
    JSON.stringify([service, step === null ? '' : direction === 'compensation' ? `undo ${step}` : step, errorCode]),
  )
  return [...kinds]
    .map(([key, ofKind]) => {
      const [service, step, error] = JSON.parse(key)
      return { service, step, error, letters: ofKind.length, sagas: new Set(ofKind.map(l => l.sagaId ?? l.id)).size }
    })
    .toSorted((a, b) => b.letters - a.letters)
}
