import { createTransport } from 'nodemailer'
import { PermanentError, TargetUnreachable } from 'saga-kit'
import type { Mailer } from './mailer.ts'

/** Below the effect's timeout, so that a server that is away is known as such: the first covers all up to its greeting. */
const giveUpMs = { connectionTimeout: 4_000, greetingTimeout: 4_000, dnsTimeout: 4_000, socketTimeout: 9_000 }

/** Sends by SMTP, one connection a mail. `url` like `smtp://user:password@host:587` or `smtps://host`. */
export function mailerSmtp({ url, from }: { readonly url: string; readonly from: string }): Mailer {
  return {
    async send(mail, { idempotencyKey, signal }) {
      let isBegun = false
      const logger = tellsWhenMailBegins(() => {
        isBegun = true
      })
      const transport = createTransport({ url, ...giveUpMs, logger, disableFileAccess: true, disableUrlAccess: true })
      const messageId = messageIdOf(idempotencyKey, from)
      // Nobody should answer a machine, and no machine should answer this one (RFC 3834).
      const headers = { 'Auto-Submitted': 'auto-generated' }
      try {
        await transport.sendMail({ ...mail, from, messageId, headers, signal })
      } catch (error) {
        throw withoutAddresses(error, isBegun)
      } finally {
        transport.close()
      }
      return { channel: 'mail' }
    },
  }
}

/** The same mail sent again has the same Message-ID, by which mail stores and readers drop the repeat. */
export function messageIdOf(idempotencyKey: string, from: string): string {
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost'
  // Only characters that RFC 5322 allows in a dot-atom; `=` followed by the code stands for all others.
  const local = idempotencyKey.replace(/[^\w/-]/g, character => `=${character.codePointAt(0)!.toString(16)}`)
  return `<${local}@${domain}>`
}

/** The transport tells its logger when the session stands and the mail begins; its errors do not say which it was. */
function tellsWhenMailBegins(begins: () => void) {
  const info = (entry: unknown) => {
    if ((entry as { tnx?: string }).tnx === 'send') begins()
  }
  return { level: quiet, trace: quiet, debug: quiet, info, warn: quiet, error: quiet, fatal: quiet }
}
const quiet = () => undefined

interface SmtpFailure {
  readonly code?: string
  /** What the socket said. */
  readonly originalCode?: string
  readonly command?: string
  readonly responseCode?: number
}

/** A refusal of who we are (RFC 4954) is our own configuration: no fault of the mail, and it may be mended. */
const authentication = new Set([530, 534, 535, 538])

/** Before a mail has begun: no such host, no connection, none that stays. 421 is a server that is going or too busy. */
const away = new Set(['EDNS', 'ESOCKET', 'ECONNECTION', 'ETIMEDOUT'])

/**
 * Says what went wrong in words of our own: servers like to quote the customer's address, and this text goes to the log
 * and to the dead letter. For the same reason the original is not kept as the cause.
 */
function withoutAddresses(error: unknown, isBegun: boolean): Error {
  const { code = 'failed', originalCode = code, command = 'connection', responseCode } = error as SmtpFailure
  const what = `mail was not sent: ${responseCode ? `the server answered ${responseCode}` : originalCode} (${command})`
  if (!isBegun && (responseCode === undefined ? away.has(code) : responseCode === 421))
    return new TargetUnreachable(what)
  const ofThisMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  // Without an answer it was nodemailer itself that found the address or the text unusable.
  const forEver = responseCode === undefined || (responseCode >= 500 && !authentication.has(responseCode))
  return ofThisMail && forEver ? new PermanentError('mail-refused', what) : new Error(what)
}
