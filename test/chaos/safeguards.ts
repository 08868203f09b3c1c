/**
 * The chaos run with each safeguard off in turn: does it find what the safeguard prevents? Prints a table in Markdown.
 *
 *   npm run chaos:safeguards -- [--minutes 2] [--seed 1] [safeguard ...]
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { everySafeguard } from '../../shared/src/core/safeguards.ts'
import type { Report } from './report.ts'

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const names = positionals.length > 0 ? positionals : Object.keys(everySafeguard)
console.log(`| Safeguard off | Violations in ${values.minutes} minutes | Seen by test |\n|---|---|---|`)
for (const name of names) {
  const report = await runWithout(name)
  console.log(`| \`${name}\` | ${report ? findingsOf(report) : 'the run itself failed'} | ${testOf(name)} |`)
}

/** Undefined when the run came to no verdict. */
async function runWithout(safeguard: string): Promise<Report | undefined> {
  const folder = resolve(import.meta.dirname, '../../.local/chaos', `without-${safeguard}`)
  const json = `${folder}.json`
  for (const path of [folder, json]) rmSync(path, { recursive: true, force: true })
  const { minutes, seed } = values
  const args = ['--minutes', minutes, '--seed', seed, '--without', safeguard, '--quota', '0', '--json', json]
  const child = spawn(process.execPath, [join(import.meta.dirname, 'chaos.ts'), ...args, '--folder', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await new Promise(resolve => child.once('exit', resolve))
  rmSync(folder, { recursive: true, force: true })
  return existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as Report) : undefined
}

function findingsOf({ checks }: Report): string {
  const found = checks.filter(({ violations }) => violations.length > 0)
  return found.length === 0
    ? 'none'
    : found.map(({ name, violations }) => `not: ${name} (${violations.length})`).join('; ')
}

/** From the table of the rules, whose last column names the flag. */
function testOf(safeguard: string): string {
  const rows = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8').split('\n')
  const row = rows.find(line => line.startsWith('|') && line.split('|').at(-2)?.includes(`\`${safeguard}\``))
  return row?.split('|').at(3)?.trim() ?? 'none'
}
