import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

/** The commands as they are typed, on a copy of this folder: each starts a Node, and some start the formatter. */
vi.setConfig({ testTimeout: 60_000 })
const repository = resolve(import.meta.dirname, '..')
let copy: string
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'schemas-'))
  cpSync(import.meta.dirname, join(copy, 'schemas'), {
    recursive: true,
    filter: path => !path.endsWith('node_modules'),
  })
  for (const file of ['biome.json', '.gitignore']) copyFileSync(join(repository, file), join(copy, file))
  symlinkSync(join(repository, 'node_modules'), join(copy, 'node_modules'))
})
afterEach(() => rmSync(copy, { recursive: true }))

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'schemas', command), ...args], {
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
const lines = (...expected: string[]) => expected.map(line => `${line}\n`).join('')
const ok = { status: 0, stderr: '' }

type Field = Record<string, unknown>
function edit(path: string, change: (fields: Field[]) => Field[]): void {
  const file = join(copy, 'schemas', path)
  const schema = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...schema, fields: change(schema.fields) }))
}
const read = (path: string) => readFileSync(join(copy, 'schemas', path), 'utf8')

test('the repository is current: its types, its versions, and every version is compatible with all before it', () => {
  expect(run('generate.ts', '--check')).toMatchObject(ok)
  expect(run('check-versions.ts')).toMatchObject(ok)
  expect(run('add-version.ts')).toMatchObject({
    ...ok,
    stdout: lines('no schema has changed since its newest version'),
  })
})

test('an event gets a new field', () => {
  edit('order/OrderConfirmed.avsc', fields => [
    ...fields,
    { name: 'channels', type: { type: 'array', items: 'string' }, default: [] },
  ])
  expect(run('generate.ts', '--check')).toMatchObject({
    status: 1,
    stderr: lines('schemas/src/events.ts is stale: run `npm run generate -w schemas` and commit the result'),
  })
  expect(run('check-versions.ts')).toMatchObject({
    status: 1,
    stderr: lines(
      'schemas/order/OrderConfirmed.avsc differs from its newest version, 1: run `npm run add-version -w schemas` and commit the result',
    ),
  })

  const older = read('versions/OrderConfirmed/1.avsc')
  expect(run('generate.ts')).toMatchObject({ ...ok, stdout: lines('schemas/src/events.ts: 14 events') })
  expect(run('add-version.ts')).toMatchObject(ok)
  expect(read('src/events.ts')).toContain('readonly channels: readonly string[]')
  expect(readdirSync(join(copy, 'schemas/versions/OrderConfirmed')).sort()).toEqual([
    '1.avsc',
    '1.bin',
    '1.json',
    '2.avsc',
    '2.bin',
    '2.json',
  ])
  expect(read('versions/OrderConfirmed/1.avsc')).toBe(older)
  expect(JSON.parse(read('versions/OrderConfirmed/2.json'))).toEqual({
    ...JSON.parse(read('versions/OrderConfirmed/1.json')),
    channels: ['channels-1', 'channels-1'],
  })
  expect(run('generate.ts', '--check')).toMatchObject(ok)
  expect(run('check-versions.ts')).toMatchObject(ok)
})

test('an event gets a new value, and loses it again, which is refused', () => {
  const reason = (values: string[]) => (fields: Field[]) =>
    fields.map(f => (f.name === 'reason' ? { ...f, values } : f))
  edit('inventory/StockRejected.avsc', reason(['insufficient-stock', 'unknown-sku', 'recalled']))
  expect(run('add-version.ts')).toMatchObject(ok)
  edit('inventory/StockRejected.avsc', reason(['insufficient-stock', 'unknown-sku']))
  const refused = {
    status: 1,
    stderr: lines(
      'schemas/inventory/StockRejected.avsc is not compatible with version 2: reason may not hold recalled any more: older events do; keep the value, even if nothing writes it',
    ),
  }
  expect(run('add-version.ts')).toMatchObject(refused)
  expect(run('check-versions.ts')).toMatchObject(refused)
})

test('a change is compatible with all versions, not with the newest only', () => {
  const withSeats = (seats: Field) => (fields: Field[]) => [
    ...fields.filter(f => f.name !== 'seats'),
    { name: 'seats', ...seats },
  ]
  edit('order/OrderConfirmed.avsc', withSeats({ type: 'long', default: 1 }))
  expect(run('add-version.ts')).toMatchObject(ok)
  edit('order/OrderConfirmed.avsc', fields => fields.filter(f => f.name !== 'seats'))
  expect(run('add-version.ts')).toMatchObject(ok)
  edit('order/OrderConfirmed.avsc', withSeats({ type: 'string', default: '' }))
  const { status, stderr } = run('add-version.ts')
  expect(status).toBe(1)
  expect(stderr).toContain(
    'schemas/order/OrderConfirmed.avsc is not compatible with version 2: seats was long and is string',
  )
  expect(stderr).not.toContain('version 3')
})

test('an incompatible change of one event keeps all from being added', () => {
  edit('order/OrderPlaced.avsc', fields => fields.filter(f => f.name !== 'currency'))
  edit('balance/BalanceDeducted.avsc', fields => [...fields, { name: 'note', type: ['null', 'string'], default: null }])
  expect(run('add-version.ts')).toMatchObject({ status: 1, stdout: '' })
  expect(readdirSync(join(copy, 'schemas/versions/BalanceDeducted'))).not.toContain('2.avsc')
})

test('an example by hand is kept', () => {
  edit('balance/BalanceDeducted.avsc', fields => [...fields, { name: 'note', type: ['null', 'string'], default: null }])
  const example = { ...JSON.parse(read('versions/BalanceDeducted/1.json')), note: 'by hand' }
  writeFileSync(join(copy, 'schemas/versions/BalanceDeducted/2.json'), JSON.stringify(example))
  expect(run('add-version.ts')).toMatchObject(ok)
  expect(JSON.parse(read('versions/BalanceDeducted/2.json'))).toEqual(example)
  expect(run('check-versions.ts')).toMatchObject(ok)
})

test('what was published must stay as it was', () => {
  writeFileSync(
    join(copy, 'schemas/versions/OrderPlaced/1.json'),
    read('versions/OrderPlaced/1.json').replace('EUR', 'CHF'),
  )
  rmSync(join(copy, 'schemas/order/RefundRequested.avsc'))
  const { status, stderr } = run('check-versions.ts')
  expect(status).toBe(1)
  expect(stderr).toContain('schemas/versions/OrderPlaced/1.bin is not what versions/OrderPlaced/1.json says')
  expect(stderr).toContain('schemas/versions/RefundRequested: there is no RefundRequested.avsc any more')

  rmSync(join(copy, 'schemas/versions/OrderPlaced/1.bin'))
  expect(run('check-versions.ts')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^schemas\/versions\/OrderPlaced\/1\.bin: is missing.*\n$/),
  })
})

test('a schema that is wrong is one line, from each command', () => {
  appendFileSync(join(copy, 'schemas/order/OrderPlaced.avsc'), ',')
  for (const command of ['generate.ts', 'add-version.ts', 'check-versions.ts'])
    expect(run(command)).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^schemas\/order\/OrderPlaced\.avsc: is not JSON: .*\n$/),
    })
})
