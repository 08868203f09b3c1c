import { expect, test } from 'vitest'
import { StartError } from '../errors.ts'
import { takenBy } from './intake-setting.ts'
import type { KitSettings } from './kit-settings.ts'

const read = ['eu.a', 'eu.b']
const takes = (intake: KitSettings['intake']) => takenBy({ intake, topicPrefix: 'eu.' } as KitSettings, read)

test('everything, unless a restored database catches up', () =>
  expect(takes('all')).toEqual({ topics: read, due: true, timers: true }))
test('of some topics only, and no timer', () =>
  expect(takes(['b'])).toEqual({ topics: ['eu.b'], due: true, timers: false }))
test('nothing at all but commands', () => expect(takes([])).toEqual({ topics: [], due: false, timers: false }))
test('a topic that it does not read is a mistake, not an empty intake', () =>
  expect(() => takes(['a', 'c'])).toThrow(
    new StartError('intake-topic', 'INTAKE names c, which this participant does not read; it reads a, b'),
  ))
