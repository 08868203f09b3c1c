import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { type Event, event } from '../messages.ts'
import { succeed } from '../outcomes.ts'
import { participant } from '../participant.ts'
import { state } from '../states.ts'
import { whatTheCanvasGetsWrong } from './canvas.ts'

type Rang = Event<'Rang', { id: string }>
const Rang = event<Rang>({ fullName: 'bell.Rang', topic: 'bell.events.v1', sagaField: 'id', avro: 'null' })
const states = { bells: state<{ id: string }>()({ table: 'bells', key: 'id' }) }
const bell = participant({ service: 'bell', states, settings: {} }, ({ on }) => [
  on(Rang).action('echo', { emits: [Rang], undoneBy: 'never', run: e => succeed(Rang({ id: e.id })) }),
])

const readme = `# Bell
## Reacts to
| On | Step | Direction | Emits | Undone by | Why |
|---|---|---|---|---|---|
| \`Rang\` | \`echo\` | action | \`Rang\` | | it is loud |

## Publishes
| Event | When |
|---|---|
| \`Rang\` | always |

## Tables
| Table | One row per |
|---|---|
| \`bells\` | bell |

## Routes
| Route | Answer |
|---|---|
| \`GET /bells\` | all |
`
const wrongIn = (text: string, sql = 'create table bells (id text primary key);') => {
  const folder = mkdtempSync(join(tmpdir(), 'canvas-'))
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'README.md'), text)
  writeFileSync(join(folder, 'migrations', '0001_bells.sql'), sql)
  const routes = [{ method: 'GET', path: '/bells' }]
  return whatTheCanvasGetsWrong({ service: pathToFileURL(`${folder}/`), participant: bell, routes })
}

test('a canvas that is right', () => expect(wrongIn(readme)).toEqual([]))

test('another step', () =>
  expect(wrongIn(readme.replace('`echo`', '`resound`'))).toEqual([
    'Reacts to: README.md lacks "Rang | echo | action | Rang | "',
    'Reacts to: the code has no "Rang | resound | action | Rang | "',
  ]))

test('a heading that is gone', () =>
  expect(wrongIn(readme.replace('## Publishes', '## Tells'))).toEqual(['Publishes: README.md lacks "Rang"']))

test('a route that is gone', () =>
  expect(wrongIn(readme.replace('| `GET /bells` | all |\n', ''))).toEqual(['Routes: README.md lacks "GET /bells"']))

test('a row that stands twice', () =>
  expect(wrongIn(readme.replace('| `bells` | bell |', '| `bells` | bell |\n| `bells` | again |'))).toEqual([
    'Tables: README.md has another order or a row twice; it should be bells',
  ]))

test('a table that no migration creates, and one that only a migration has', () =>
  expect(wrongIn(readme, 'create table gongs (id text primary key);')).toEqual([
    'Tables: README.md lacks "gongs"',
    'Tables: no migration creates bells',
  ]))
