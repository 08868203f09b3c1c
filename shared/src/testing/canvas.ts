/** A service's README is its canvas: what it reacts to, publishes, stores and serves. This finds where it has drifted from the code. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Participant } from '../participant.ts'

export interface CanvasOf {
  /** The folder with README.md and migrations/. */
  readonly service: URL
  readonly participant: Participant<any, any>
  readonly routes: readonly { readonly method: string; readonly path: string }[]
}

/** Rows of the tables under the canvas's four headings, without their last, free column. */
export interface Canvas {
  readonly 'Reacts to': readonly string[]
  readonly Publishes: readonly string[]
  readonly Tables: readonly string[]
  readonly Routes: readonly string[]
}
const headings = ['Reacts to', 'Publishes', 'Tables', 'Routes'] as const

/** What README.md says. Each of the four tables ends with a column of prose that is not compared. */
export function readCanvas(readme: string): Canvas {
  const sections = readme.split(/^## /m).slice(1)
  const rowsUnder = (heading: string) => {
    const lines = sections.find(section => section.startsWith(`${heading}\n`))?.split('\n') ?? []
    const [head, rule, ...rows] = lines.filter(line => line.startsWith('|'))
    return head && rule ? rows.map(row => cells(row).slice(0, -1).join(' | ')) : []
  }
  return Object.fromEntries(headings.map(heading => [heading, rowsUnder(heading)])) as unknown as Canvas
}

/** What the code says, in the same words. Tables stand in lock order, reactions in the order of participant.ts. */
export function declaredCanvas({ service, participant, routes }: CanvasOf): Canvas {
  const { reactions, states } = participant
  const published = reactions.flatMap(r => r.emits).filter(e => e.kind === 'event')
  const locked = Object.values(states as Record<string, { table: string }>).map(s => s.table)
  const others = migratedTables(new URL('migrations/', service)).filter(table => !locked.includes(table))
  return {
    'Reacts to': reactions.map(({ trigger, step, direction, emits, undoneBy }) =>
      [
        trigger.type,
        direction === 'local' ? '' : step,
        direction,
        emits.map(e => e.type).join(', '),
        undoneBy ?? '',
      ].join(' | '),
    ),
    Publishes: [...new Set(published.map(e => e.type))].sort(),
    Tables: [...locked, ...others],
    Routes: routes.map(({ method, path }) => `${method} ${path}`),
  }
}

/** One line for each row that only one side has, or that stands elsewhere. Empty when the canvas is right. */
export function whatTheCanvasGetsWrong(o: CanvasOf): string[] {
  const said = readCanvas(readFileSync(new URL('README.md', o.service), 'utf8'))
  const declared = declaredCanvas(o)
  const migrated = migratedTables(new URL('migrations/', o.service))
  const unmigrated = declared.Tables.filter(table => !migrated.includes(table))
  return [
    ...headings.flatMap(heading => differences(heading, said[heading], declared[heading])),
    ...unmigrated.map(table => `Tables: no migration creates ${table}`),
  ]
}

function differences(heading: string, said: readonly string[], declared: readonly string[]): string[] {
  const missing = declared.filter(row => !said.includes(row)).map(row => `${heading}: README.md lacks "${row}"`)
  const surplus = said.filter(row => !declared.includes(row)).map(row => `${heading}: the code has no "${row}"`)
  if (missing.length + surplus.length > 0 || said.join('\n') === declared.join('\n')) return [...missing, ...surplus]
  return [`${heading}: README.md has another order or a row twice; it should be ${declared.join(', ')}`]
}

function migratedTables(folder: URL): string[] {
  const files = readdirSync(folder).filter(file => file.endsWith('.sql'))
  const sql = files.map(file => readFileSync(new URL(file, folder), 'utf8')).join('\n')
  return [...sql.matchAll(/^create table (\w+)/gim)].map(match => match[1]!)
}

const cells = (row: string) =>
  row
    .split('|')
    .slice(1, -1)
    .map(cell => cell.replaceAll('`', '').trim())
