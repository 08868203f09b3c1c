import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Entry, openJournal, readJournal } from './journal.ts'

function temporaryPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'journal')
}
async function entriesOf(path: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const entry of readJournal(path)) entries.push(entry)
  return entries
}

test('what was written is there, in order, also when many write at once', async () => {
  const path = temporaryPath()
  const journal = await openJournal(path)
  const entries = Array.from({ length: 500 }, (_, n): Entry => ({ reply: `key-${n}`, status: 202, body: { n } }))
  await Promise.all(entries.map(entry => journal.write(entry)))
  expect(await entriesOf(path)).toEqual(entries)
  await journal.write({ reply: 'last', status: 409, body: {} })
  await journal.close()
  expect(await entriesOf(path)).toHaveLength(501)
})

test('a line that was cut off is not read', async () => {
  const path = temporaryPath()
  const journal = await openJournal(path)
  await journal.write({ reply: 'whole', status: 202, body: {} })
  await journal.close()
  appendFileSync(path, '{"reply":"cut o')
  expect(await entriesOf(path)).toEqual([{ reply: 'whole', status: 202, body: {} }])
})

test('a journal of an earlier run is not written into', async () => {
  const path = temporaryPath()
  const journal = await openJournal(path)
  await journal.close()
  await expect(openJournal(path)).rejects.toThrow(/EEXIST/)
})
