import fc from 'fast-check'
import { expect, test } from 'vitest'
import { statement } from '../../testing/audit-sources.fixture.ts'
import { mergeSagas } from './merge-sagas.ts'

const pagesOf = (service: string, pages: readonly (readonly string[])[]) => ({
  service,
  pages: (async function* () {
    for (const page of pages) yield page.map(sagaId => statement(sagaId))
  })(),
})
async function merged(sources: Parameters<typeof mergeSagas>[0]): Promise<[string, string[]][]> {
  const found: [string, string[]][] = []
  for await (const { sagaId, said } of mergeSagas(sources)) found.push([sagaId, [...said.keys()]])
  return found
}

test('joins pages of any size, empty ones too, saga by saga', async () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')
  const pages = fc
    .tuple(
      fc.uniqueArray(id).map(ids => ids.toSorted()),
      fc.integer({ min: 1, max: 4 }),
    )
    .map(([ids, size]) => [[], ...Array.from({ length: 9 }, (_, i) => ids.slice(i * size, (i + 1) * size))])
  await fc.assert(
    fc.asyncProperty(fc.array(pages, { minLength: 1, maxLength: 4 }), async all => {
      const sources = all.map((ofOne, i) => pagesOf(String(i), ofOne))
      const expected = [...new Set(all.flat(2))]
        .toSorted()
        .map(sagaId => [sagaId, all.flatMap((ofOne, i) => (ofOne.flat().includes(sagaId) ? [String(i)] : []))])
      expect(await merged(sources)).toEqual(expected)
    }),
  )
})

test.each([[['b', 'a']], [['a', 'a']]])('sagas out of order end it: %j', async page => {
  await expect(merged([pagesOf('order', [page])])).rejects.toThrow(/order names saga a behind/)
  await expect(
    merged([
      pagesOf(
        'order',
        page.map(id => [id]),
      ),
    ]),
  ).rejects.toThrow(/order names saga a behind/)
})
