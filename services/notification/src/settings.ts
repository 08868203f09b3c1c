import { setting } from 'saga-kit'
import { z } from 'zod'

export const usualSender = 'Shop <shop@localhost>'

export const settings = {
  smtpUrl: setting({
    env: 'SMTP_URL',
    type: z.string().refine(text => text === '' || /^smtps?:$/.test(URL.parse(text)?.protocol ?? ''), {
      error: 'is no SMTP URL; write it like smtp://user:password@host:587, or leave it empty',
    }),
    default: '',
    description: 'where mails go out, like smtp://user:password@host:587; empty: they are only stored',
  }),
  mailFrom: setting({
    env: 'MAIL_FROM',
    type: z.string().regex(/^[^\r\n]*[^\s@<]+@[\w.-]+>?$/, {
      error: 'is no sender; write it like shop@example.org or Shop <shop@example.org>',
    }),
    default: usualSender,
    description: 'the sender of mails; its domain also ends their Message-ID',
  }),
}
