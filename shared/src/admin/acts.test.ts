import { expect, test } from 'vitest'
import { newSagaId } from '../testing/engine.fixture.ts'
import { ledger } from '../testing/participant.fixture.ts'
import { Acts } from './acts.ts'

test('an act that the database does not answer may have been done: nobody is told that it was not', async () => {
  const engine = { process: () => Promise.reject(new Error('COMMIT was not answered')) }
  const acts = new Acts({
    ...{ participant: ledger, engine: () => engine, codec: {} as never, pool: {} as never, horizonMs: 1 },
  })
  const letter = { id: 'me', sagaId: newSagaId(), deaths: 1 }
  await expect(acts.replay([letter], { operator: 'ann', plan: null })).rejects.toMatchObject({
    ...{
      code: 'database-unavailable',
      message: expect.stringMatching(/not known; ask again: a repeat changes nothing/),
    },
  })
})
