import { PermanentError } from '../errors.ts'
import type { Accepted, Outcome, Refusal } from '../outcomes.ts'
import type { Context } from '../reaction.ts'
import type { Delivery } from './delivery.ts'
import type { OpenViews } from './views.ts'

/** How a handler ended: an outcome, an answer, the request of an outside call, or a throw. */
export type Handled =
  | { readonly end: 'outcome'; readonly outcome: Outcome<unknown> }
  | { readonly end: 'answer'; readonly answer: Accepted<unknown, unknown> | Refusal }
  | { readonly end: 'call'; readonly request: unknown }
  | { readonly end: 'thrown'; readonly error: unknown }

/** Runs the pure handler of a message on its views. Never throws, and keeps no put: that is the caller's to decide. */
export function runHandler(
  delivery: Delivery,
  verdict: 'run' | 'otherwise',
  request: { readonly value: unknown } | null,
  states: OpenViews,
  context: Context<unknown>,
): Handled {
  const { reaction, message, origin } = delivery
  const handler = reaction.handler
  try {
    switch (handler.form) {
      case 'action':
      case 'local':
        return checked(delivery, handler.run(message, states.views, context), states)
      case 'compensation':
        return checked(
          delivery,
          verdict === 'run' ? handler.run(message, states.views, context) : handler.otherwise(message, context),
          states,
        )
      case 'effect': {
        if (origin.source === 'result') {
          if (!origin.result.ok) return { end: 'thrown', error: origin.result.error }
          return checked(delivery, handler.record(message, origin.result.response, states.views, context), states)
        }
        // Rule 23: once a call was begun it is repeated as it was; a new intent could ask for something else under the same key.
        if (request) return { end: 'call', request: request.value }
        const intent = handler.intend(message, states.views, context)
        if (!('request' in intent)) return checked(delivery, intent, states)
        if (states.touched)
          throw new PermanentError(
            'intent-with-puts',
            `${reaction.step}: an intent puts nothing; \`record\` does, when the call has answered`,
          )
        return { end: 'call', request: intent.request }
      }
      case 'sql':
        throw new PermanentError('sql-in-batch', `${reaction.step}: a sql handler runs in a transaction of its own`)
    }
  } catch (error) {
    return { end: 'thrown', error }
  }
}

/** The types forbid these; a participant in plain JavaScript, or a cast, does not. */
export function checked(
  { reaction }: Delivery,
  result: Outcome<unknown> | Accepted<unknown, unknown> | Refusal,
  states: Pick<OpenViews, 'touched'>,
): Handled {
  const fail = (code: string, message: string): never => {
    throw new PermanentError(code, `${reaction.step} on ${reaction.trigger.type}: ${message}`)
  }
  const command = reaction.trigger.kind === 'command'
  switch (result?.outcome) {
    case 'accepted':
    case 'refusal':
      if (!command) fail('answer-without-command', 'only a command is answered; return succeed, reject or refused')
      if (result.outcome === 'refusal' && states.touched)
        fail('refusal-with-puts', 'a refusal leaves no trace; it must put nothing')
      return { end: 'answer', answer: result }
    case 'succeeded':
    case 'rejected':
    case 'refused':
      if (command) fail('command-unanswered', 'a command answers: return accept or refuse')
      if (reaction.direction === 'compensation' && result.outcome !== 'succeeded')
        fail('compensation-refused', `a compensation succeeds or throws; it cannot be ${result.outcome}`)
      if (result.outcome !== 'succeeded' && states.touched)
        fail('no-with-puts', `${result.outcome} took no effect; it must put nothing`)
      if (result.outcome === 'rejected' && result.out.some(o => o !== null && typeof o === 'object' && 'set' in o))
        fail('rejected-with-timer', 'a rejection sets no timer')
      if (result.outcome === 'rejected') {
        const undeclared = result.out.map(typeOf).find(type => !reaction.rejects.some(e => e.type === type))
        if (undeclared !== undefined)
          fail('undeclared-rejection', `rejects with ${undeclared}, which its \`rejects\` does not name`)
      }
      return { end: 'outcome', outcome: result }
    default:
      return fail('no-outcome', 'the handler returned no outcome; return succeed, reject, refused, accept or refuse')
  }
}

const typeOf = (out: unknown) => String((out as { type?: unknown } | null)?.type)
