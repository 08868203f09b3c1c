import { whatTheCanvasGetsWrong } from 'saga-kit/testing'
import { expect, test } from 'vitest'
import { mailerLog } from './mailer-log.ts'
import { notification } from './participant.ts'
import { routes } from './routes.ts'

test('README.md says what the code does', () => {
  const service = new URL('../', import.meta.url)
  const participant = notification(mailerLog())
  expect(whatTheCanvasGetsWrong({ service, participant, routes })).toEqual([])
})
