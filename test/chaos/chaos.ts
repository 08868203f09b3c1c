/**
 * The shop under load while everything it stands on fails, then a verdict.
 *
 *   npm run chaos -- [--minutes 2] [--seed 1] [--json FILE] [--clients 60] [--rate 120] [--at-once 4] [--quota N]
 *                    [--without SAFEGUARD] [--folder FOLDER]
 *
 * Exit code 0; 1 when anything that must hold does not; 2 when it does, but too few effects of some kind of fault were seen.
 * The folder with the logs, the journal and the data is kept, and named, unless all is well.
 */
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { inspect, parseArgs } from 'node:util'
import { isViolated, shortfall, textOf } from './report.ts'
import { run } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
    clients: { type: 'string', default: '60' },
    rate: { type: 'string', default: '120' },
    'at-once': { type: 'string', default: '4' },
    quota: { type: 'string' },
    without: { type: 'string' },
    folder: { type: 'string' },
  },
})
const minutes = Number(values.minutes)
const usual = resolve(import.meta.dirname, '../../.local/chaos', `${values.seed}-${Date.now()}`)
const folder = resolve(values.folder ?? usual)

mkdirSync(folder, { recursive: true })
function say(text: string): void {
  console.log(text)
  appendFileSync(join(folder, 'chaos.log'), `${new Date().toISOString()} ${text}\n`)
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => process.exit(130))

try {
  const report = await run({
    ...{ seed: values.seed, minutes, folder },
    ...{ clients: Number(values.clients), rate: Number(values.rate), atOnce: Number(values['at-once']) },
    quota: Number(values.quota ?? Math.max(1, Math.floor((minutes * 20) / 30))),
    settleMs: 300_000,
    ...{ without: values.without, say },
  })
  say(`\n${textOf(report)}`)
  const json = JSON.stringify(report, null, 2)
  for (const path of [join(folder, 'report.json'), ...(values.json ? [values.json] : [])]) writeFileSync(path, json)
  process.exitCode = isViolated(report) ? 1 : shortfall(report).length > 0 ? 2 : 0
} catch (error) {
  say(inspect(error))
  process.exitCode = 1
}
if (process.exitCode === 0) rmSync(folder, { recursive: true, force: true })
else console.log(`kept: ${folder}`)
process.exit()
