/**
 * How fast the shop is, on a stack of its own, with every safeguard on: see README.md beside this file.
 *
 *   npm run bench -- --scenario one,fifty --seconds 20 --runs 5 --peers all --json FILE
 *
 * Exit code 1 when a run broke what always holds: it has no figure.
 */
import { writeFileSync } from 'node:fs'
import { exitCodeOf, jsonOf } from './findings.ts'
import { startBenchStack } from './ground/stack.ts'
import { measureGrown } from './grown-runs.ts'
import { startLoad } from './load/load-process.ts'
import { type Options, optionsFrom, usage } from './options.ts'
import { measurePeers } from './peers/compare.ts'
import { peersTable } from './peers/report.ts'
import { pictureOf } from './picture.ts'
import { hottestFunctions } from './profile.ts'
import { type Measured, machine, tablesOf } from './report.ts'
import { listed } from './scenarios.ts'
import { measureShop } from './shop-runs.ts'
import { listedTrials, runTrials, tellTried } from './trials/all.ts'

const say = (line: string) => console.error(line)

/** Gives the exit code. */
async function benchmark(o: Options): Promise<number> {
  const ground = await startBenchStack(say, { countsStatements: o.profile })
  const load = startLoad()
  try {
    const { measured, statements, rows } = await (o.grown > 0 ? measureGrown : measureShop)({ ...o, ground, load, say })
    tell(measured, o)
    if (rows) console.log(`\n${rows}`)
    if (statements) console.log(`\n${statements}`)
    const peers = await measurePeers({ ...o, ground, load, say })
    const one = measured.find(({ scenario }) => scenario.name === 'one')
    if (peers.length > 0) console.log(`\n${peersTable(peers, one)}`)
    const tried = await runTrials(o.trials, { ...o, ground, load, say })
    for (const each of tried) console.log(`\n${tellTried(each)}`)
    const findings = { measured, peers, tried }
    if (o.json) writeFileSync(o.json, jsonOf(findings, o))
    return exitCodeOf(findings)
  } finally {
    load.end()
    await ground.end()
  }
}

function tell(all: readonly Measured[], o: Options): void {
  const runs = o.runs === 1 ? 'one run' : `${o.runs} runs, the median one,`
  console.log(`${machine()}; ${runs} of ${o.seconds} s; the stack, the services and the load on it\n`)
  if (all.length > 0) console.log(tablesOf(all))
  const picture = pictureOf(all)
  if (picture) console.log(`\n${picture}`)
  const last = all.at(-1)?.runs.at(-1)
  if (o.profile && last) console.log(`\n${hottestFunctions(last.window)}`)
}

for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => process.exit(130))
try {
  const args = process.argv.slice(2)
  const options = args.includes('--help') ? undefined : optionsFrom(args)
  if (!options) console.log(usage)
  else if (options.list) console.log(`${listed()}\n\ntrials\n${listedTrials()}`)
  else process.exitCode = await benchmark(options)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
process.exit()
