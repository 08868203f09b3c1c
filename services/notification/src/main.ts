import { run } from 'saga-kit/runtime'
import { mailerSmtp } from './mailer-smtp.ts'
import { notification } from './participant.ts'
import { routes } from './routes.ts'
import { usualSender } from './settings.ts'

// Read here as they are, since the mailer is part of the participant; `run` checks them before anything is sent.
const { SMTP_URL, MAIL_FROM } = process.env
const mailer = SMTP_URL ? mailerSmtp({ url: SMTP_URL, from: MAIL_FROM || usualSender }) : undefined

await run(notification(mailer), { routes, migrations: new URL('../migrations/', import.meta.url) })
