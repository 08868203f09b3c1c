import { expect, test } from 'vitest'
import { FoundNobody } from './found-nobody.ts'

test('who finds nobody, again and again, is believed as long as nobody else is answered', () => {
  const found = new FoundNobody()
  for (let n = 0; n < 5; n++) {
    found.begins()
    expect(found.again('mine')).toBe(false)
  }
})

test('who finds nobody again when one that began since was answered has itself to blame; each time anew', () => {
  const found = new FoundNobody()
  found.begins()
  expect(found.again('mine')).toBe(false)
  found.answered('other', found.begins())
  found.begins()
  expect(found.again('mine')).toBe(true)
  found.begins()
  expect(found.again('mine')).toBe(false)
})

test('a call from before the outage proves nothing when it is answered', () => {
  const found = new FoundNobody()
  const early = found.begins()
  found.begins()
  found.again('mine')
  found.answered('early', early)
  found.begins()
  expect(found.again('mine')).toBe(false)
})

test('a message that was answered begins anew', () => {
  const found = new FoundNobody()
  found.begins()
  found.again('mine')
  found.answered('mine', found.begins())
  expect(found.again('mine')).toBe(false)
})
