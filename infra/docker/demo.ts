/**
 * `npm run demo:containers`: the demo's orders against the shop of docker-compose.yml, which is up. Ends with 0 when every
 * order ended as expected, else with 1. Reads the same ports from the environment as docker-compose.yml does.
 */
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { portsFrom } from '../local/ports.ts'
import { eventLines, heading } from '../shop/event-lines.ts'
import { servicePorts } from '../shop/ports.ts'
import { followSagas } from '../shop/saga-events.ts'
import { sagaLog } from '../shop/saga-log.ts'
import { shopHttp } from '../shop/shop-http.ts'
import { stories } from '../shop/stories.ts'
import { tellStories, verdict } from '../shop/tell-stories.ts'

const { kafka, registry } = portsFrom(process.env)
const { ports } = servicePorts(process.env)
const at = (port: number) => ({ url: `http://127.0.0.1:${port}` })
const services = {
  order: at(ports.order),
  inventory: at(ports.inventory),
  balance: at(ports.balance),
  notification: at(ports.notification),
}

const compose = (...args: string[]): string =>
  execFileSync('docker', ['compose', ...args], {
    cwd: resolve(import.meta.dirname, '../..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
/** Two of each with the profile `two`, else one. */
const running = compose('ps', '--services', '--status', 'running').split('\n')
const instances = running.filter(name => /^balance(-2)?$/.test(name))
const balance = {
  pause: () => void compose('pause', ...instances),
  resume: () => void compose('unpause', ...instances),
}

const { signal } = new AbortController()
const http = shopHttp(services, signal)
/** Each instance counts what it has done itself. */
async function reservationsUndone(): Promise<number> {
  const first = await http.reservationsUndone()
  if (!running.includes('inventory-2')) return first
  const inventory = { url: `http://${compose('port', 'inventory-2', '3000').trim()}` }
  return first + (await shopHttp({ ...services, inventory }, signal).reservationsUndone())
}

const tell = eventLines(sagaId => sagas.nameOf(sagaId))
const sagas = sagaLog(event => console.log(tell(event)))
const ground = { brokers: [`127.0.0.1:${kafka}`], registryUrl: `${at(registry).url}/apis/ccompat/v7` }
const follower = await followSagas(ground, events => sagas.add(events))
console.log(heading)
const wrong = await tellStories({
  stories,
  balance,
  http: { ...http, reservationsUndone },
  sagas,
  signal,
  say: console.log,
  settleWithinMs: 60_000,
})
await follower.stop()
console.log(verdict(wrong))
process.exit(wrong.length === 0 ? 0 : 1)
