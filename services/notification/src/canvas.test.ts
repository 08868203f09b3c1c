import { whatTheCanvasGetsWrong } from 'saga-kit/testing'
import { expect, test } from 'vitest'
import { notification } from './participant.ts'
import { routes } from './routes.ts'

test('README.md says what the code does', () => {
  const service = new URL('../', import.meta.url)
  expect(whatTheCanvasGetsWrong({ service, participant: notification(), routes })).toEqual([])
})
