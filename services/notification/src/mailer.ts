import { type CallIo, PermanentError } from 'saga-kit'

/** What is sent, by whatever mailer. */
export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}
export interface Sent {
  /** How it went out; NotificationSent carries it. */
  readonly channel: 'mail' | 'stored'
}

/** The port to the outside. Called at least once for each mail, with the same key each time. */
export interface Mailer {
  /** @throws PermanentError when this mail can never be sent; anything else is tried again. */
  send(mail: Mail, io: CallIo): Promise<Sent>
}

/** Where there is no mail server: nothing is called, but for a mail that had begun when there was one. */
export const noMailer: Mailer = {
  async send() {
    throw new PermanentError(
      'no-mail-server',
      'a mail was being sent, and now SMTP_URL is not set: set it and replay, or discard',
    )
  },
}
