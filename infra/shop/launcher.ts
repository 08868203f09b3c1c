import { resolve } from 'node:path'
import { StackError } from '../local/errors.ts'
import { lockFolder } from '../local/folder-lock.ts'
import { endLeftovers } from '../local/leftovers.ts'
import { portsFrom } from '../local/ports.ts'
import { startStack } from '../local/stack.ts'
import { startConsole } from './console.ts'
import { eventLines, heading } from './event-lines.ts'
import { guidance } from './guidance.ts'
import { consolePort, requireFreeServicePorts, servicePorts } from './ports.ts'
import { followSagas } from './saga-events.ts'
import { sagaLog } from './saga-log.ts'
import { consoleEnvironment, serviceEnvironment } from './service-environment.ts'
import { createShop } from './shop.ts'
import { shopHttp } from './shop-http.ts'
import type { Story } from './stories.ts'
import { tellStories, verdict } from './tell-stories.ts'

export interface LaunchOptions {
  readonly dataFolder: string
  readonly stories: readonly Story[]
  /** Until Ctrl-C, with the console; else it ends with the stories. */
  readonly stays: boolean
}

/** How long an order may take from its last request to its settled end. */
const settleWithinMs = 30_000

/**
 * The whole life of the launcher's process: starts all, tells the stories, stops all, exits. Exit code 0; 1 when the start
 * failed or the stories ended otherwise than expected; 130 when it was stopped before it was through.
 */
export async function launch(o: LaunchOptions): Promise<void> {
  const stopping = new AbortController()
  const { signal } = stopping
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (signal.aborted) process.exit(130) // asked twice: the children are killed as this process ends
      console.log('\nstopping')
      stopping.abort(new Error('stopped'))
    })

  const stops: Stop[] = []
  try {
    process.exitCode = await start(o, signal, stops)
  } catch (error) {
    process.exitCode = signal.aborted ? 130 : 1
    if (!signal.aborted) console.error(error instanceof StackError ? error.message : error)
  }
  for (const stop of stops.reverse()) await stop()
  process.exit()
}

type Stop = () => Promise<unknown>

/** @param stops is given what stops each thing, as soon as it is started */
async function start({ dataFolder, stories, stays }: LaunchOptions, signal: AbortSignal, stops: Stop[]) {
  const beganMs = performance.now()
  const report = console.log
  const lock = lockFolder(dataFolder)
  stops.push(async () => lock.release())
  // Before the stack is touched: only while it is there do the services of a killed launcher end in order.
  await endLeftovers(dataFolder, report)
  const ports = servicePorts(process.env)
  const pagesPort = consolePort(process.env)
  await requireFreeServicePorts(ports)

  const stackFolder = resolve(dataFolder, 'stack')
  const stack = await startStack({ dataFolder: stackFolder, ports: portsFrom(process.env), report, signal })
  stops.push(() => stack.stop())
  const environment = serviceEnvironment(process.env)
  const shop = await createShop({ ground: stack, ...ports, folder: dataFolder, environment, report })
  let isUp = false
  stops.push(() => (isUp ? shop.stop() : shop.kill()))
  const tell = eventLines(sagaId => sagas.nameOf(sagaId))
  const sagas = sagaLog(event => console.log(tell(event)))
  const [follower] = await Promise.all([followSagas(stack, events => sagas.add(events)), shop.start(signal)])
  stops.push(() => follower.stop())
  isUp = true
  const forPages = { port: pagesPort, environment: consoleEnvironment(process.env) }
  const operators = stays ? startConsole({ ...forPages, ground: stack, folder: dataFolder, report, signal }) : undefined
  if (operators) stops.push(operators.stop)
  console.log(`all up after ${((performance.now() - beganMs) / 1_000).toFixed(1)} s\n\n${heading}`)

  const http = shopHttp(shop.services, signal)
  const { balance } = shop.services
  const wrong = await tellStories({ stories, balance, http, sagas, signal, say: console.log, settleWithinMs })
  console.log(verdict(wrong))
  if (!stays) return wrong.length === 0 ? 0 : 1
  const consoleUrl = await operators?.url
  // Ctrl-C while the console was waited for: nobody would tell of it again.
  signal.throwIfAborted()
  console.log(guidance({ shop, stack, dataFolder, consoleUrl, drilled: environment.DEDUCTIONS_FAIL_FOR }))
  await new Promise(resolve => signal.addEventListener('abort', resolve))
  return 0
}
