#!/usr/bin/env node
// Runs on any Node since 20, so that a wrong one is told in one line, or helped out by the project's own.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const needed = 24
const majorOf = version => Number(version.split('.')[0])

/** The npm package `node` of the project that we are called in, or that we belong to. */
function projectNode(folder) {
  const manifest = join(folder, 'node_modules/node/package.json')
  if (existsSync(manifest) && majorOf(JSON.parse(readFileSync(manifest, 'utf8')).version) >= needed)
    return join(folder, 'node_modules/node/bin/node')
  return dirname(folder) === folder ? undefined : projectNode(dirname(folder))
}

function runOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal tells the child as well; a program that knows only us does not.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', refuse)
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
}

function refuse() {
  console.error(
    `saga: needs Node.js ${needed} or later, and this is ${process.versions.node}: run it by npx in a project that has the npm package node, or put a later node first on PATH`,
  )
  process.exit(2)
}

if (majorOf(process.versions.node) >= needed) {
  // Of what is experimental in Node the operator need not know.
  const { emitWarning } = process
  process.emitWarning = (warning, ...rest) => {
    const type = typeof rest[0] === 'string' ? rest[0] : rest[0]?.type
    if ((warning?.name ?? type) !== 'ExperimentalWarning') emitWarning.call(process, warning, ...rest)
  }
  const { main } = await import('../src/cli/main.ts')
  await main(process.argv.slice(2))
} else {
  const node = projectNode(process.cwd()) ?? projectNode(dirname(fileURLToPath(import.meta.url)))
  if (node === undefined) refuse()
  else runOn(node)
}
