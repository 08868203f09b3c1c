import { type Batch, keyOf, mostRecords, type OutboundRecord, sequenceAfter, takeBehind } from './lane.ts'
import { produceError } from './produce-errors.ts'

/** How a try of a batch ended, after which its lane stands ready for what follows. `behind`: taken out of the line with it. */
export type BatchEnd =
  | { readonly end: 'acknowledged' | 'repeats' | 'back-in-line' | 'halved' | 'over' }
  | { readonly end: 'refused'; readonly error: string; readonly behind: readonly OutboundRecord[] }
  | { readonly end: 'left'; readonly error: string; readonly behind: readonly OutboundRecord[] }

const firstRepeatMs = 20
const longestRepeatMs = 1_000

/** The broker's answer for the batch. */
export function answered(batch: Batch, code: number, nowMs: number): BatchEnd {
  const { lane, records } = batch
  if (lane.out !== batch) return { end: 'over' } // left while the answer was on its way
  if (code === 0) {
    batch.producer.next.set(lane.name, sequenceAfter(batch.firstSequence, records.length))
    lane.out = undefined
    lane.most = Math.min(lane.most * 2, mostRecords)
    return { end: 'acknowledged' }
  }
  const { name, consequence } = produceError(code)
  if (consequence === 'repeat') return repeatLater(batch, nowMs)
  if (consequence === 'refuse') return refused(batch, name)
  return leave(batch, name)
}

/** No answer came. Whether the broker took the batch is not known unless nothing was sent at all. */
export function unanswered(batch: Batch, nothingSent: boolean, nowMs: number): BatchEnd {
  const { lane, records } = batch
  if (lane.out !== batch) return { end: 'over' }
  if (!nothingSent || batch.sentMs !== undefined) return repeatLater(batch, nowMs)
  // As if it had never been formed, so that its deadline counts until it really leaves.
  lane.out = undefined
  lane.waiting = [...records, ...lane.waiting]
  lane.restsUntilMs = nowMs + 5 * firstRepeatMs
  return { end: 'back-in-line' }
}

/** Whether the broker has it is not known, and will not be: the sweeper sends it again, under another producer id. */
export function leave(batch: Batch, error: string): BatchEnd {
  batch.lane.out = undefined
  return { end: 'left', error, behind: takeBehind(batch.lane, new Set(batch.records.map(keyOf))) }
}

function repeatLater(batch: Batch, nowMs: number): BatchEnd {
  batch.repeatMs = nowMs + Math.min(firstRepeatMs * 2 ** Math.min(batch.tries - 1, 10), longestRepeatMs)
  return { end: 'repeats' }
}

/** Halved until the culprit stands alone. The broker took none of the batch, so that sending its records again repeats nothing. */
function refused(batch: Batch, error: string): BatchEnd {
  const { lane, records } = batch
  lane.out = undefined
  if (records.length > 1) {
    lane.most = Math.ceil(records.length / 2)
    lane.waiting = [...records, ...lane.waiting]
    return { end: 'halved' }
  }
  lane.most = mostRecords
  return { end: 'refused', error, behind: takeBehind(lane, new Set(records.map(keyOf))) }
}
