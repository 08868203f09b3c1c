import { expect, test } from 'vitest'
import { ledger as participant } from '../testing/participant.fixture.ts'
import { deploy, eventually } from '../testing/service.fixture.ts'
import { declarationOf } from './declaration.ts'

test('at its start a participant tells saga.declarations what it reacts to and what it emits', async () => {
  const ledger = await deploy()
  await ledger.start()
  const declared = () => ledger.records('saga.declarations')
  const records = await eventually('it has declared itself', declared, found => found.length > 0)
  for (const { key, value } of records) {
    expect(key).toBe('ledger')
    expect(JSON.parse(String(value))).toEqual(JSON.parse(JSON.stringify(declarationOf(participant))))
  }
  expect(JSON.parse(String(records[0]?.value))).toMatchObject({
    service: 'ledger',
    topic: 'ledger.events.v1',
    letterTopic: 'ledger.dlq',
    reactions: expect.arrayContaining([
      expect.objectContaining({ on: 'Paid', fullName: 'test.Paid', step: 'pay', direction: 'action', undoneBy: 'pay' }),
      expect.objectContaining({ on: 'Undone', step: 'pay', direction: 'compensation' }),
      expect.objectContaining({ on: 'Alarm', kind: 'timer', step: 'ring' }),
    ]),
  })
  await ledger.close()
})
