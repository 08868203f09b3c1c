import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { avroType } from '../../kafka/avro-type.ts'
import { PermanentError } from '../../kit.ts'
import { asked, fired } from '../messages.ts'
import { Alarm, Begin, behaviour, ledger, Noted, NotedToo, Paid, Poke, Undone } from '../participant.fixture.ts'
import { compensations } from './compensations.ts'
import { type ConformanceOptions, conformance, type Story } from './conformance.ts'
import { crashes } from './crashes.ts'
import { duplicates } from './duplicates.ts'
import { exclusions } from './exclusions.ts'

const folder = mkdtempSync(join(tmpdir(), 'conformance-'))
const fileOf = (name: string, source: string) => {
  const path = join(folder, name)
  writeFileSync(path, source)
  return pathToFileURL(path)
}
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => behaviour.clear())

const fields = { sagaId: '01994d52-7d10-7000-8000-000000000001', account: 'ann', amount: 5 }
const stories: Record<string, Story> = {
  paid: [Paid(fields)],
  undone: [[Paid(fields), Undone(fields)]],
  'noted and rung': [Noted(fields), fired(Alarm, fields.sagaId, { account: 'ann' })],
  'noted twice': [Noted(fields), NotedToo(fields)],
  begun: [asked(Begin, fields), asked(Poke, fields)],
}
const options: ConformanceOptions<any, any> = {
  stories,
  file: fileOf('fine.ts', "import { succeed } from 'saga-kit'\n"),
}
const plain = { participant: ledger, settings: {}, given: {} }
/** What fails, with its first line. */
async function failing(changes: Partial<ConformanceOptions<any, any>> = {}, participant = ledger): Promise<string[]> {
  const failed: string[] = []
  for (const [title, check] of conformance(participant, { ...options, ...changes }))
    await check().catch(error => failed.push(`${title} | ${error.message.split('\n')[0]}`))
  return failed
}

test('a participant that keeps its promises', async () => {
  expect(conformance(ledger, options).length).toBeGreaterThan(25)
  expect(await failing()).toEqual([])
})

describe('a handler that is not pure', () => {
  let last = 0
  test.each<[string, string, () => unknown]>([
    ['the clock', 'touches Date.now (clock): the time is `context.now`', () => Date.now()],
    ['today', 'touches new Date() (clock): the time is `context.now`', () => new Date()],
    ['the monotonic clock', 'touches performance (clock)', () => performance.now()],
    ['random numbers', 'touches Math.random (random)', () => Math.random()],
    ['random ids', 'touches crypto (crypto)', () => crypto.randomUUID()],
    ['timers', 'touches setTimeout (timers)', () => setTimeout(() => undefined)],
    ['later turns', 'touches queueMicrotask (timers)', () => queueMicrotask(() => undefined)],
    ['the network', 'touches fetch (fetch)', () => fetch('http://localhost').catch(() => undefined)],
    ['the environment', 'touches process (process)', () => process.env.HOME],
  ])('because of %s', async (_, problem, impure) => {
    behaviour.set('pay', () => void impure())
    expect(await failing()).toEqual(
      expect.arrayContaining([
        expect.stringContaining(
          `no handler touches clock, random, crypto, timers, fetch or process | pay on Paid ${problem}`,
        ),
      ]),
    )
  })
  test('because it changes what it is given', async () => {
    behaviour.set('pay', message => {
      message.amount = 0
    })
    expect(await failing()).toContainEqual(
      expect.stringMatching(/^no handler changes what it is given \| pay on Paid is \w+ .*read only.*copy it/),
    )
  })
  test('because it remembers', async () => {
    behaviour.set('pay', () => (last++ % 2 ? { outcome: 'rejected', code: 'odd', out: [] } : undefined))
    expect(await failing()).toContainEqual(
      expect.stringMatching(/^handlers do the same again, given the same \| pay is \w+, and then \w+/),
    )
  })
  test('because of what it imports, directly or not', async () => {
    const deep = fileOf('deep.ts', "import { readFileSync } from 'node:fs'\nimport type { Socket } from 'node:net'\n")
    fileOf('near.ts', `import './deep.ts'\nimport { z } from 'zod'\n`)
    const file = fileOf('participant.ts', "export { x } from './near.ts'\n")
    const title = 'handlers import the kit and pure packages only | '
    expect(await failing({ file, pure: ['zod'] })).toEqual([
      expect.stringContaining(`${title}${deep.pathname}:1 imports node:fs: let an effect or a route do that`),
    ])
    expect(await failing({ file, pure: ['node:fs'] })).toEqual([
      expect.stringContaining('near.ts:2 imports zod: if it is pure'),
    ])
  })
  test('and all is in its place again behind it', () => {
    expect([typeof Date.now(), typeof fetch, typeof process.pid, typeof crypto.randomUUID()]).toEqual([
      ...['number', 'function', 'number', 'string'],
    ])
  })
})

describe('a handler that cannot stand', () => {
  test('what nobody would send', async () => {
    behaviour.set('pay', ({ account }) => account.at(0).toUpperCase() && undefined)
    expect(await failing()).toContainEqual(
      expect.stringMatching(
        /^Paid with values that nobody would send is poison to no handler \| account = "": pay on Paid is dead/,
      ),
    )
  })
  test('another order', async () => {
    behaviour.set('note', message => {
      if (message.type === 'NotedToo') throw new PermanentError('not-noted', 'noted too, and not noted')
    })
    const found = await failing({ stories: { ...stories, 'noted twice': [[Noted(fields), NotedToo(fields)]] } })
    expect(found).toContainEqual(
      expect.stringMatching(
        /^noted twice: ends well in each of its 2 orders \| NotedToo, Noted: note on NotedToo is dead \(not-noted/,
      ),
    )
  })
  test('to be tried again', async () => {
    const tried = new WeakSet<object>()
    behaviour.set('pay', message => {
      if (tried.has(message)) return { outcome: 'rejected', code: 'tried-before', out: [] }
      tried.add(message)
    })
    expect(await failing()).toContainEqual(
      expect.stringMatching(
        /^paid: a try that fails half way leaves nothing, and the next one does it \| after tries that failed/,
      ),
    )
  })
  test('that its compensation comes', async () => {
    behaviour.set('undo pay', () => {
      throw new PermanentError('cannot', 'it cannot be undone')
    })
    expect(await failing()).toContainEqual(
      'undo pay on Undone: behind its action, it undoes once, and the action does not come back | it ended as dead',
    )
  })
})

describe('stories that tell too little', () => {
  test('of a message', async () => {
    const { begun: _, ...others } = stories
    expect(await failing({ stories: others })).toContain(
      'every message to which it reacts is in a story | no story has Begin (begin): add one',
    )
  })
  test('of a compensation', async () => {
    const found = await failing({ stories: { ...stories, undone: [Undone(fields)] } })
    expect(found).toContain('undo pay on Undone: a story has it behind pay | no story has pay and then Undone: add one')
  })
})

describe('schemas', () => {
  /** What was published once, as version 1. */
  const published = (type: typeof Paid, change: (schema: any) => void, event: object) => {
    const versions = mkdtempSync(join(folder, 'versions-'))
    const schema = structuredClone(type.schema.avro) as any
    change(schema)
    mkdirSync(join(versions, type.type))
    writeFileSync(join(versions, type.type, '1.avsc'), JSON.stringify(schema))
    writeFileSync(
      join(versions, type.type, '1.bin'),
      Buffer.concat([Buffer.alloc(5), avroType(schema).toBuffer(event)]),
    )
    return pathToFileURL(`${versions}/`)
  }
  test('a version that is read, and one that cannot be read any more', async () => {
    const title = 'reads Paid, version 1, as it was published'
    const fine = published(Paid, schema => schema.fields.unshift({ name: 'old', type: 'string' }), {
      ...fields,
      old: 'x',
    })
    expect(conformance(ledger, { ...options, versions: fine }).map(([each]) => each)).toContain(title)
    expect(await failing({ versions: fine })).toEqual([])
    const text = { name: 'amount', type: 'string' }
    const other = published(Paid, schema => schema.fields.splice(2, 1, text), { ...fields, amount: '5' })
    expect(await failing({ versions: other })).toEqual([expect.stringContaining(`${title} | `)])
  })
  test('an earlier version whose default the handler does not know', async () => {
    const avro = structuredClone(Paid.schema.avro) as any
    avro.fields[1].default = ''
    const later = Object.assign((of: any) => Paid(of), { ...Paid, schema: { ...Paid.schema, avro } })
    const participant = {
      ...ledger,
      reactions: ledger.reactions.map(r => (r.trigger === Paid ? { ...r, trigger: later } : r)),
    }
    expect(await failing({}, participant as typeof ledger)).toEqual([])
    behaviour.set('pay', ({ account }) => account.at(0).toUpperCase() && undefined)
    expect(await failing({}, participant as typeof ledger)).toContainEqual(
      expect.stringMatching(/^reads Paid of the version before it and of the one behind it \| pay on Paid is dead/),
    )
  })
})

describe('what the kit promises is seen to hold: with the safeguard off the check fails', () => {
  const failsWithout = async (safeguard: string, ...checks: { check(): Promise<void> }[]) => {
    const ended = await Promise.allSettled(checks.map(({ check }) => check()))
    expect(
      ended.some(({ status }) => status === 'rejected'),
      `without ${safeguard}`,
    ).toBe(true)
  }
  const without = (safeguard: string) => ({ ...plain, safeguards: { [safeguard]: false } })
  test.each(['fence'])('duplicates without %s', safeguard =>
    failsWithout(safeguard, duplicates(without(safeguard), 'paid', stories.paid!)),
  )
  test.each(['fence'])('crashes without %s', safeguard =>
    failsWithout(safeguard, crashes(without(safeguard), 'paid', stories.paid!)),
  )
  test.each(['lateActions', 'emptyCompensation'])('compensations without %s', safeguard =>
    failsWithout(safeguard, ...compensations(without(safeguard), stories)),
  )
  test('steps that exclude each other, and do not', async () => {
    const reactions = ledger.reactions.map(r => (r.step === 'ring' ? { ...r, excludes: ['note'] } : r))
    const [check] = exclusions({ ...plain, participant: { ...ledger, reactions } }, stories)
    expect(check?.title).toBe('ring and note never both take effect in a saga, as `excludes` says')
    await expect(check!.check()).rejects.toThrow('both did in Noted, Alarm')
  })
})
