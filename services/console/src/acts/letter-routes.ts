import { adminContract, discard, type FoundLetter, planOf, rehearse } from 'saga-kit/operating'
import { z } from 'zod'
import { sessionOf } from '../access/guard.ts'
import { type DryRuns, discardRequest, dryRuns, type Selection, selection } from '../contract.ts'
import { get, post, type Route } from '../http/route.ts'
import type { ActOptions } from './act-routes.ts'
import { orProblem, ownerSilent } from './problems.ts'
import { nameOf, selectLetters } from './select-letters.ts'

/** One letter in full, what a replay would do, and giving it up. */
export function letterRoutes(o: ActOptions): Route[] {
  const { participantsFor, recordAct } = o
  /** @throws OperatingError, Problem 503 */
  const ownerOf = (service: string, operator: string) => {
    const { admins, silent } = participantsFor(operator, [service])
    const [owner] = admins
    if (!owner) throw ownerSilent(silent.map(each => `${each.service} ${each.why}`).join('; '))
    return owner
  }
  return [
    get({
      path: '/api/letter',
      query: z.object({ service: z.string(), id: z.string(), sagaId: z.string().optional() }),
      answer: adminContract.letterDetail,
      read: ({ query: { service, id, sagaId } }, request) =>
        orProblem(() => ownerOf(service, sessionOf(request).operator).letter(id, sagaId ?? null)),
    }),
    post({
      path: '/api/dry-runs',
      body: z.strictObject({ ...selection.shape, sample: z.int().min(1).max(20) }),
      answer: dryRuns,
      run: ({ body: { sample, ...selected } }, request) =>
        orProblem(async () => {
          const session = sessionOf(request)
          const letters = await selectLetters(selected, { ...o, operator: session.operator })
          const act = { act: 'dry-run', ...(letters.length === 1 && nameOnly(letters[0]!)) } as const
          return recordAct(session, act, () => tryOut(letters, sample, session.operator), told(selected))
        }),
    }),
    post({
      ...{ path: '/api/discards', body: discardRequest, answer: adminContract.actResult },
      run: ({ body: { service, id, sagaId, deaths, reason, force } }, request) =>
        orProblem(async () => {
          const session = sessionOf(request)
          const { operator } = session
          const owner = ownerOf(service, operator)
          return recordAct(
            session,
            { act: 'discard', service, id, sagaId, deaths, reason, forced: force },
            () => discard(owner, { id, sagaId, deaths }, { operator, reason, force }),
            ({ result, detail }) => (detail === null ? result : `${result}: ${detail}`),
          )
        }),
    }),
  ]

  async function tryOut(letters: readonly FoundLetter[], sample: number, operator: string): Promise<DryRuns> {
    const plan = planOf(letters, { operator, fromTopic: false, now: new Date() })
    const byName = new Map(letters.map(letter => [nameOf(letter), letter]))
    const tried: DryRuns['tried'] = []
    for await (const { letter, found, wouldEnd } of rehearse(plan, participantsFor(operator), sample))
      tried.push({
        ...{ letter: { ...byName.get(nameOf(letter))!, status: 'open' }, wouldEnd },
        ...('cannot' in found ? { found: null, error: found.cannot } : { found, error: null }),
      })
    return { of: letters.length, tried }
  }
}

const nameOnly = ({ service, id, sagaId, deaths }: FoundLetter) => ({ service, id, sagaId, deaths })

/** Of more than one letter it names what they have in common, if anything. */
const told =
  ({ service, step, error }: Selection) =>
  ({ of, tried }: DryRuns) => {
    const group = [service, step, error].filter(Boolean).join(' ')
    const all = of > tried.length ? ` of ${of}` : ''
    const ending = tried.filter(({ wouldEnd }) => wouldEnd).length
    return `letters tried: ${tried.length}${all}${group && of > 1 ? ` (${group})` : ''}, would end: ${ending}`
  }
