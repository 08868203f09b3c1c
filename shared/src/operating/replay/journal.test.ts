import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type Outcome, openJournal } from './journal.ts'
import { letter } from './replay.fixture.ts'

function journalFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, 'p.journal.ndjson')
}
const ended: Outcome = { outcome: 'ended', how: null, detail: 'succeeded' }
const [a, b] = [letter('s1', 'a'), letter('s1', 'b')]

test('another run of the plan knows what came out, and what was begun and may have happened', () => {
  const file = journalFile()
  const first = openJournal(file, { operator: 'ann' })
  first.begin(a)
  first.end(a, ended)
  first.begin(b)
  // Not closed, as by a SIGKILL: every line is on the disk when the call returns.
  const second = openJournal(file, { operator: 'bob' })
  expect([second.outcomeOf(a), second.outcomeOf(b)]).toEqual([ended, undefined])
  second.close()
  const entries = readFileSync(file, 'utf8').trim().split('\n')
  expect(entries.map(line => JSON.parse(line).entry)).toEqual(['run', 'begin', 'end', 'begin', 'run'])
})

test('half a line of a run that was killed spoils nothing', () => {
  const file = journalFile()
  const first = openJournal(file, { operator: 'ann' })
  first.begin(a)
  first.end(a, ended)
  first.close()
  appendFileSync(file, '{"entry":"beg')
  const second = openJournal(file, { operator: 'ann' })
  second.begin(b)
  second.end(b, ended)
  second.close()
  const third = openJournal(file, { operator: 'ann' })
  expect([third.outcomeOf(a), third.outcomeOf(b)]).toEqual([ended, ended])
  third.close()
})

test('another death of the same message is another letter', () => {
  const journal = openJournal(journalFile(), { operator: 'ann' })
  journal.end(a, ended)
  expect(journal.outcomeOf({ ...a, deaths: 2 })).toBeUndefined()
  journal.close()
})
