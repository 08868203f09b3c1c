import type { Message } from '../messages.ts'
import type { Participant } from '../participant.ts'
import { type Played, play, type Scene } from './play.ts'

export interface History {
  /** Every state table as the messages so far have left it. */
  readonly rows: Scene['rows']
  /** `done`: for a compensation, whether its action had taken effect. */
  happens(message: Message, o?: { readonly done?: boolean }): Played['ended']
}

/** Lets messages happen one after another in one participant, for properties that hold after any sequence of them. */
export function history(
  participant: Participant<any, any>,
  o: { readonly settings: object; readonly now: Date; readonly rows?: Scene['rows'] },
): History {
  let { rows = {} } = o
  return {
    get rows() {
      return rows
    },
    happens(message, { done } = {}) {
      const steps = participant.reactions.filter(r => r.trigger.type === message.type).map(r => r.step)
      const tookEffect = new Map(done === undefined ? [] : steps.map(step => [step, done]))
      const played = play({ ...o, participant, rows, tookEffect }, message, { source: 'kafka' })
      rows = played.rows
      return played.ended
    },
  }
}
