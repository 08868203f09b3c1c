/**
 * `npm start`: the whole shop on this machine with its console, a handful of orders told as they move, then up until Ctrl-C.
 * `npm run demo`: the same without the console, and ends: 0 when every order ended as expected, else 1.
 *
 *   node infra/shop/start.ts [--demo] [data folder]
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { launch } from './launcher.ts'
import { stories } from './stories.ts'

const { values, positionals } = parseArgs({
  options: { demo: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const dataFolder = resolve(positionals[0] ?? resolve(import.meta.dirname, '../../.local/shop'))

await launch({ dataFolder, stories, stays: !values.demo })
