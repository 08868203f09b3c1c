import { isCommit, saysCommitted } from '../ground/commit-frames.ts'
import type { Link } from '../ground/link.ts'
import {
  correlationIdOf,
  type ProduceRequest,
  readProduceAnswer,
  readProduceRequest,
  type SentBatch,
} from '../ground/produce-frames.ts'
import { comes, type Inflict } from './battle.ts'

const limitMs = 20_000

/** The broker took the batch, and nobody was told: the client must repeat it as it is, and the broker must know it. */
export const loseProduceAnswer: Inflict = async ({ ground, openSagas }, { instance }) => {
  const { kafka: link } = ground.instances[instance]
  const open = await openSagas()
  /** By connection and number of the request. */
  const asked = new Map<string, ProduceRequest>()
  /** By place: the batch whose answer was lost, and where the broker had put it. */
  const lost = new Map<string, SentBatch & { offset: bigint }>()
  let known = 0
  let anew = 0
  link.onRequest = (data, { id }) => {
    const request = readProduceRequest(data)
    if (request) asked.set(`${id} ${request.correlationId}`, request)
    return 'pass'
  }
  link.onAnswer = (data, { id }) => {
    const request = asked.get(`${id} ${correlationIdOf(data)}`)
    if (!request) return 'pass'
    asked.delete(`${id} ${request.correlationId}`)
    const answer = readProduceAnswer(data, request.version)
    if (lost.size === 0) {
      if ([...answer.values()].some(({ code }) => code !== 0)) return 'pass'
      for (const batch of request.batches) lost.set(batch.place, { ...batch, offset: answer.get(batch.place)!.offset })
      return 'cut'
    }
    for (const { place, digest } of request.batches) {
      const before = lost.get(place)
      const now = answer.get(place)
      if (before?.digest !== digest || now?.code !== 0) continue
      if (before.offset === now.offset) known++
      else anew++
    }
    return 'pass'
  }
  try {
    await comes(() => lost.size > 0 && known + anew >= lost.size, limitMs)
    const saw = `the answer for ${lost.size} batches lost; of their repeats the broker knew ${known}, and took ${anew} once more`
    return { hadEffect: known > 0, saw, open }
  } finally {
    unwatch(link)
  }
}

export const loseCommit: Inflict = async ({ ground, openSagas }, { instance }) => {
  const { database: link } = ground.instances[instance]
  const open = await openSagas()
  let wasCut = false
  link.onRequest = data => {
    if (wasCut || !isCommit(data)) return 'pass'
    wasCut = true
    return 'cut'
  }
  return cutAtCommit(link, () => wasCut, open, 'before')
}

export const loseCommitAnswer: Inflict = async ({ ground, openSagas }, { instance }) => {
  const { database: link } = ground.instances[instance]
  const open = await openSagas()
  let committing: number | undefined
  let wasCut = false
  link.onRequest = (data, { id }) => {
    if (committing === undefined && isCommit(data)) committing = id
    return 'pass'
  }
  link.onAnswer = (data, { id }) => {
    if (wasCut || id !== committing) return 'pass'
    committing = undefined
    if (!saysCommitted(data)) return 'pass'
    wasCut = true
    return 'cut'
  }
  return cutAtCommit(link, () => wasCut, open, 'behind')
}

async function cutAtCommit(link: Link, wasCut: () => boolean, open: number, where: 'before' | 'behind') {
  try {
    const happened = await comes(wasCut, limitMs)
    return { hadEffect: happened, saw: happened ? `cut ${where} a COMMIT` : 'no COMMIT came', open }
  } finally {
    unwatch(link)
  }
}

function unwatch(link: Link): void {
  link.onRequest = undefined
  link.onAnswer = undefined
}
