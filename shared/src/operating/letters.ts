import type { Letter } from '../admin/contract.ts'
import { readTopicLetters } from './letter-topic.ts'
import { OperatingError } from './operating-error.ts'
import { askAll, type Participants, type Silent } from './participants.ts'
import type { Reach } from './reach.ts'

/** A letter as its owner tells of it; from a topic some things are not known. */
export interface FoundLetter extends Omit<Letter, 'parkedBehind' | 'needsForce'> {
  readonly parkedBehind: number | null
}

/** `reserve_stock`, or `undo reserve_stock`; nothing for a record that nobody could read. */
export const operationOf = ({ step, direction }: Pick<FoundLetter, 'step' | 'direction'>) =>
  step === null ? '' : direction === 'compensation' ? `undo ${step}` : step

export interface Found {
  /** Oldest death first, over all services. */
  readonly letters: readonly FoundLetter[]
  readonly silent: readonly Silent[]
}

export interface LetterFilter {
  readonly ids?: readonly string[]
  readonly saga?: string | undefined
  readonly service?: readonly string[] | undefined
  readonly step?: string | undefined
  readonly error?: string | undefined
  readonly since?: Date | undefined
  readonly fromTopic?: boolean | undefined
}

/** Open letters, from their owners or from the letter topics. */
export async function findLetters(
  reach: Pick<Reach, 'brokers' | 'topicPrefix'>,
  participants: Participants,
  filter: LetterFilter,
): Promise<Found> {
  if (filter.fromTopic) {
    const { service = [] } = filter
    const services = service.length > 0 ? service : participants.declared.map(each => each.service)
    const letters = await readTopicLetters(reach, participants, services, matches(filter))
    // Whose declaration cannot be read has a topic that nobody names; who has no listener has it all the same.
    const silent = participants.silent.filter(each => !services.includes(each.service))
    return { letters: letters.toSorted(byDeath), silent }
  }
  const { ids = [], saga } = filter
  const sagas = saga === undefined ? ids.flatMap(id => sagaIn(id) ?? []) : [saga]
  const first = await askOwners(participants, filter, [...new Set(sagas)])
  const missing = ids.filter(id => !first.letters.some(letter => letter.id === id))
  if (saga !== undefined || sagas.length === 0 || missing.length === 0) return first
  // An id that its sender made up may name no saga, or another one: then all letters are looked through.
  const second = await askOwners(participants, { ...filter, ids: missing }, [])
  return { letters: [...first.letters, ...second.letters].toSorted(byDeath), silent: first.silent }
}

/** The letter of this id. @throws OperatingError when there is none, or several */
export async function findLetter(
  reach: Pick<Reach, 'brokers' | 'topicPrefix'>,
  participants: Participants,
  filter: LetterFilter & { readonly ids: readonly [string] },
): Promise<FoundLetter> {
  const { letters, silent } = await findLetters(reach, participants, filter)
  const [letter, ...others] = letters
  if (!letter) throw noSuchLetter(filter.ids, silent)
  if (others.length === 0) return letter
  const places = letters.map(each => `${each.service}${each.sagaId ? ` (saga ${each.sagaId})` : ''}`)
  throw new OperatingError(
    'wrong-request',
    `${letter.id} is dead in ${places.join(' and ')}: name one by --service, or --saga`,
  )
}

export function noSuchLetter(ids: readonly string[], silent: readonly Silent[]): OperatingError {
  const which = ids.length === 1 ? `no open letter ${ids[0]}` : `no open letters ${ids.join(', ')}`
  if (silent.length === 0)
    return new OperatingError('not-found', `there is ${which}: it may have been replayed or discarded; see saga trace`)
  const unknown = silent.map(({ service, why }) => `${service} ${why}`).join('; ')
  return new OperatingError('unreachable', `there is ${which} at those who answer. ${unknown}`)
}

/** @param sagas only letters of these; of all when there are none */
async function askOwners(participants: Participants, filter: LetterFilter, sagas: readonly string[]): Promise<Found> {
  const { step, error, since } = filter
  const isWanted = matches(filter)
  const { answers, silent } = await askAll(participants.admins, async admin => {
    const letters: FoundLetter[] = []
    for (const sagaId of sagas.length > 0 ? sagas : [undefined])
      for await (const letter of admin.letters({ step, error, since, sagaId }))
        if (isWanted(letter)) letters.push(letter)
    return letters
  })
  const letters = answers.flatMap(({ answer }) => answer).toSorted(byDeath)
  return { letters, silent: [...participants.silent, ...silent] }
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
/** Ids that the kit gives: `<sagaId>/<step>/<direction>` of an event, `<service>/<sagaId>/<timer>` of a timer. */
const sagaIn = (id: string): string | undefined => uuid.exec(id.split('/').slice(0, 2).join('/'))?.[0]

export const matches =
  ({ ids = [], saga, service = [], step, error, since }: LetterFilter) =>
  (letter: FoundLetter): boolean =>
    (ids.length === 0 || ids.includes(letter.id)) &&
    (saga === undefined || letter.sagaId === saga) &&
    (service.length === 0 || service.includes(letter.service)) &&
    (step === undefined || letter.step === step) &&
    (error === undefined || letter.errorCode === error) &&
    (since === undefined || new Date(letter.diedAt) >= since)

const byDeath = (a: FoundLetter, b: FoundLetter) =>
  a.diedAt < b.diedAt ? -1 : a.diedAt > b.diedAt ? 1 : a.service < b.service ? -1 : 1
