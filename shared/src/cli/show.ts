import type { LetterDetail } from '../admin/contract.ts'
import { textHeader } from '../core/headers.ts'
import { decodeLetter } from '../operating/decode-letter.ts'
import type { TopicLetter } from '../operating/letter-topic.ts'
import { type FoundLetter, findLetter, noSuchLetter, operationOf } from '../operating/letters.ts'
import type { Participants } from '../operating/participants.ts'
import { readTrace } from '../operating/trace/read-trace.ts'
import type { Context } from './context.ts'
import { type ExitCode, exit, Failure } from './exit.ts'
import { findParticipants } from './participants.ts'
import { oneLine } from './table.ts'
import { second } from './times.ts'
import { traceText } from './trace/lines.ts'

export interface ShowOptions {
  readonly service?: readonly string[] | undefined
  readonly saga?: string | undefined
  readonly fromTopic?: boolean | undefined
}

/** `saga dlq show`: all that is known of one letter, and what its saga did elsewhere. */
export async function show(context: Context, id: string, options: ShowOptions): Promise<ExitCode> {
  const { terminal } = context
  const participants = await findParticipants(context, options.service)
  const found = await findLetter(context.settings, participants, { ...options, ids: [id] })
  const letter = options.fromTopic ? await asOnTopic(context, found) : await asAtOwner(participants, found)
  // With --service only that one was asked for the letter; the saga is everybody's.
  const everybody = options.service?.length ? await findParticipants(context) : participants
  const trace = found.sagaId === null ? undefined : await readTrace(everybody, found.sagaId)
  if (context.json) terminal.out(JSON.stringify({ letter, trace: trace ?? null }))
  else terminal.out([letterText(letter), trace && traceText(trace, terminal)].filter(Boolean).join('\n\n'))
  return exit.fine
}

/** From a topic it is not known what stands behind it, and whether a discard would need force. */
type Shown = Omit<LetterDetail, 'needsForce' | 'parkedBehind'> & { readonly needsForce?: LetterDetail['needsForce'] }

async function asAtOwner({ admins }: Participants, { service, id, sagaId }: FoundLetter): Promise<Shown> {
  const owner = admins.find(admin => admin.service === service)!
  const letter = await owner.letter(id, sagaId).catch(error => {
    throw new Failure(exit.unreachable, `${service} ${error.message}`)
  })
  if (!letter) throw noSuchLetter([id], [])
  return letter
}

async function asOnTopic({ settings, terminal }: Context, letter: FoundLetter): Promise<Shown> {
  const { headers, bodyBase64 } = letter as TopicLetter
  const decoded = await decodeLetter(bodyBase64, settings.registryUrl)
  if ('problem' in decoded) terminal.err(`the message is not shown: ${decoded.problem}`)
  const errorStack = textHeader(headers, 'dlq-error-stack') ?? null
  const message = 'message' in decoded ? decoded.message : null
  return { ...(letter as TopicLetter), message, errorStack, request: null, behind: [] }
}

function letterText(letter: Shown): string {
  const { step, request, message, errorStack, behind } = letter
  const facts: [string, string][] = [
    ['letter', `${letter.id}${letter.deaths > 1 ? ` (death ${letter.deaths})` : ''}`],
    ['dead in', `${letter.service}${step === null ? '' : `, ${operationOf(letter)}`}`],
    ['died', `${second(letter.diedAt)} after ${letter.attempts} tries since ${second(letter.firstFailedAt)}`],
    ['error', `${letter.errorCode}: ${oneLine(letter.errorMessage)}`],
    ['message', letter.messageType ?? 'cannot be read'],
    ['caused by', textOf(letter.headers.ce_causationid)],
    ['came on', cameOn(letter.headers)],
    ['to discard', letter.needsForce === undefined ? '' : needs[letter.needsForce ?? 'nothing']],
  ]
  const parts = [
    facts.flatMap(([name, value]) => (value === '' ? [] : [`${name.padEnd(12)}${value}`])).join('\n'),
    message !== null && `event\n${indented(JSON.stringify(message, null, 2))}`,
    message === null && letter.bodyBase64 !== null && `bytes (base64)\n${indented(letter.bodyBase64)}`,
    request !== null && `request of the call, which may have happened\n${indented(JSON.stringify(request, null, 2))}`,
    errorStack !== null && `stack\n${indented(errorStack)}`,
    behind.length > 0 &&
      `parked behind it\n${behind.map(each => `  ${each.messageType ?? each.id} (${operationOf(each)}), since ${second(each.createdAt)}`).join('\n')}`,
  ]
  return parts.filter(Boolean).join('\n\n')
}

const needs = {
  nothing: 'needs no force',
  compensation: 'needs --force: what it should undo would stay as it is',
  'owes-answer': 'needs --force: others may wait for the event that its step owes them',
  'call-in-doubt': 'needs --force: its outside call may have happened, and nobody would ever undo it',
} as const

function cameOn(headers: LetterDetail['headers']): string {
  const [topic, partition, offset] = ['topic', 'partition', 'offset'].map(name =>
    textOf(headers[`kafka_dlt-original-${name}`]),
  )
  return topic ? `${topic}, partition ${partition}, offset ${offset}` : ''
}

const textOf = (header: string | { base64: string } | undefined) => (typeof header === 'string' ? oneLine(header) : '')
const indented = (text: string) => text.replaceAll(/^/gm, '  ')
