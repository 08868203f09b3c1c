import type { Codec } from '../kafka/codec.ts'
import type { Participant } from '../participant.ts'
import type { LetterInFull } from '../postgres/find-letters.ts'
import { readMessage } from '../runtime/read-message.ts'
import type { LetterDetail } from './contract.ts'

type Shown = Pick<LetterDetail, 'message' | 'headers' | 'keyBase64' | 'bodyBase64' | 'errorStack' | 'request'>

/** What only one letter's page shows. */
export async function letterInFull(
  o: { readonly participant: Participant; readonly codec: Codec },
  row: LetterInFull,
): Promise<Shown> {
  const { key, headers, body } = row.envelope
  return {
    message: await decoded(o, row),
    headers: { ...headers },
    keyBase64: key?.toString('base64') ?? null,
    bodyBase64: body?.toString('base64') ?? null,
    errorStack: row.errorStack,
    request: row.request?.value ?? null,
  }
}

/** Null when it cannot be read, whatever the reason: the page shows the bytes in any case. */
async function decoded(
  { participant, codec }: { readonly participant: Participant; readonly codec: Codec },
  { messageType, sagaId, envelope: { body } }: LetterInFull,
): Promise<object | null> {
  const reaction = participant.reactions.find(({ trigger }) => trigger.type === messageType)
  if (!reaction || sagaId === null) return null
  try {
    if (reaction.trigger.kind === 'event') await codec.prepare([body])
    return readMessage(codec, reaction, { sagaId, body })
  } catch {
    return null
  }
}
