import type { CallIo } from 'saga-kit'

/** What is sent, by whatever mailer. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}
export interface Sent {
  /** How it went out; NotificationSent carries it. */
  readonly channel: 'mail' | 'log'
}

/** The port to the outside. Called at least once for each mail, with the same key each time. */
export interface Mailer {
  /** @throws PermanentError when this mail can never be sent; anything else is tried again. */
  send(mail: Mail, io: CallIo): Promise<Sent>
}
