import { mailerSmtp } from '../../../services/notification/src/mailer-smtp.ts'
import { storeMail } from '../../../services/notification/src/notify.ts'
import { notification } from '../../../services/notification/src/participant.ts'
import { usualSender } from '../../../services/notification/src/settings.ts'
import type { Participant } from '../../../shared/src/participant.ts'
import type { ReactionDefinition } from '../../../shared/src/reaction.ts'

/** How a customer is told of orders. */
export const channelOf = (customerId: string): 'mail' | 'stored' => (/[02468]$/.test(customerId) ? 'mail' : 'stored')

/**
 * The notification service as it is with a mail server and as it is without one, in each of its processes: some customers are
 * told by an outside call (rule 23), which can be under way when its process ends, the others in the one transaction of the step.
 * By customer and not by process: a mail that one process had begun to send would be dead where another has no server.
 */
export function tellingBothWays(smtpUrl: string): Participant<any, any> {
  const mailing = notification(mailerSmtp({ url: smtpUrl, from: usualSender }))
  return { ...mailing, reactions: mailing.reactions.map(storingForSome) }
}

function storingForSome(reaction: ReactionDefinition): ReactionDefinition {
  const { handler } = reaction
  if (handler.form !== 'effect') return reaction
  const intend: typeof handler.intend = (event, seen, context) =>
    (channelOf(event.customerId) === 'mail' ? handler.intend : storeMail)(event, seen, context)
  return { ...reaction, handler: { ...handler, intend } }
}
