import type { Participant } from '../../participant.ts'
import type { Handler } from '../../reaction.ts'
import { type Check, nothing, sameStanding } from './check.ts'
import { play, standingOf, timeless, wrongIn } from './played.ts'
import type { StageOptions } from './stage.ts'
import { inOrder, type Story } from './story.ts'

/** Each handler does its work and then fails, at its first try only: what it put is not there, and the next try does it (rule 7). */
export function failingTries(o: StageOptions, name: string, story: Story): Check {
  return {
    title: `${name}: a try that fails half way leaves nothing, and the next one does it`,
    async check() {
      const steps = inOrder(story)
      // A command is not tried again: its client is told, and may ask anew.
      if (steps.every(({ message }) => message.kind === 'command')) return
      const failing = { ...o, participant: failingOnce(o.participant) }
      const stage = await play(failing, steps)
      nothing(wrongIn(failing, stage))
      const plain = await play(o, steps)
      sameStanding('after tries that failed', timeless(standingOf(o, stage)), timeless(standingOf(o, plain)))
    },
  }
}

function failingOnce(participant: Participant<any, any>): Participant<any, any> {
  return {
    ...participant,
    reactions: participant.reactions.map(reaction =>
      reaction.trigger.kind === 'command' ? reaction : { ...reaction, handler: failingFirst(reaction.handler) },
    ),
  }
}

/** By message: `otherwise` and `record` are tried again too. */
function failingFirst(handler: Handler): Handler {
  const failed = new WeakMap<object, Set<string>>()
  const once =
    (name: string, run: (message: any, ...more: any[]) => any) =>
    (message: any, ...more: any[]) => {
      const result = run(message, ...more)
      const before = failed.get(message) ?? new Set()
      failed.set(message, before)
      if (before.has(name)) return result
      before.add(name)
      throw new Error('fails once, for the test')
    }
  switch (handler.form) {
    case 'action':
    case 'local':
      return { ...handler, run: once('run', handler.run) }
    case 'compensation':
      return { ...handler, run: once('run', handler.run), otherwise: once('otherwise', handler.otherwise) }
    case 'effect':
      return { ...handler, intend: once('intend', handler.intend), record: once('record', handler.record) }
    case 'sql':
      return handler
  }
}
