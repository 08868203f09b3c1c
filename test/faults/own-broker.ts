import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fetchJars } from '../../infra/local/jars.ts'
import { findJava } from '../../infra/local/java.ts'
import { prepareKafka } from '../../infra/local/kafka.ts'
import type { Part } from '../../infra/local/part.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { inContainers } from '../../infra/stack.ts'

export interface OwnBroker {
  readonly address: string
  readonly broker: Part
  destroy(): Promise<void>
}

/** A Kafka of the test file's own, which it may kill and pause; without the database and the registry, which it need not wait for. */
export async function startBroker(): Promise<OwnBroker> {
  return inContainers ? startContainer() : startProcess()
}

const report = (line: string): void => void (process.env.STACK_LOG && console.error(line))
const startLimitMs = 60_000

async function startContainer(): Promise<OwnBroker> {
  const { Network } = await import('testcontainers')
  const { kafkaContainer } = await import('../../infra/containers/kafka.ts')
  const network = await new Network().start()
  const [port] = (await freePorts(1)) as [number]
  const broker = kafkaContainer({ network, port, forwarded: [], startLimitMs, report })
  await broker.start()
  return {
    address: `127.0.0.1:${port}`,
    broker,
    async destroy() {
      await broker.discard()
      await network.stop()
    },
  }
}

async function startProcess(): Promise<OwnBroker> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'saga-broker-'))
  const { signal } = new AbortController()
  const java = await findJava(process.env)
  const { kafkaClassPath: classPath } = await fetchJars(
    resolve(import.meta.dirname, '../../.local/jars'),
    report,
    signal,
  )
  const [port, controllerPort] = (await freePorts(2)) as [number, number]
  const broker = prepareKafka({
    java,
    classPath,
    dataFolder,
    port,
    controllerPort,
    forwarded: [],
    startLimitMs,
    report,
    signal,
  })
  await broker.start()
  return {
    address: `127.0.0.1:${port}`,
    broker,
    async destroy() {
      await broker.discard()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
