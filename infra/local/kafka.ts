import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Child, startChild } from './child.ts'
import { javaArguments } from './java-arguments.ts'
import { probeKafka } from './kafka-probe.ts'
import { type ForwardedListener, kafkaProperties } from './kafka-properties.ts'
import { createPart, type OwnedPart } from './part.ts'
import { runToEnd } from './run-to-end.ts'

export interface KafkaOptions {
  readonly java: string
  readonly classPath: string
  readonly dataFolder: string
  readonly port: number
  readonly controllerPort: number
  readonly forwarded: readonly ForwardedListener[]
  readonly startLimitMs: number
  readonly report: (line: string) => void
  readonly signal: AbortSignal
}

const logging = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`

export function prepareKafka(options: KafkaOptions): OwnedPart {
  const { java, classPath, dataFolder, port, startLimitMs, report, signal } = options
  const configuration = join(dataFolder, 'kafka.properties')
  const formatted = join(dataFolder, 'kafka.formatted')

  async function format(): Promise<void> {
    rmSync(join(dataFolder, 'kafka'), { recursive: true, force: true }) // of a format that was killed half way
    mkdirSync(join(dataFolder, 'kafka'))
    // A Kafka uuid: 16 bytes in URL-safe base64; the letter keeps the tool from taking a leading dash for an option.
    const clusterId = `S${randomBytes(16).toString('base64url').slice(1)}`
    const args = [...javaArguments(dataFolder, 128), '-XX:TieredStopAtLevel=1', logging, '-cp', classPath]
    args.push('kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', configuration)
    await runToEnd({ name: 'kafka-format', folder: dataFolder, command: java, args, endSignal: 'SIGKILL' }, signal)
    writeFileSync(formatted, clusterId)
  }

  async function launch(): Promise<Child> {
    const logFolder = join(dataFolder, 'kafka')
    writeFileSync(configuration, kafkaProperties({ ...options, host: '127.0.0.1', logFolder }))
    if (!existsSync(formatted)) await format()
    const args = [...javaArguments(dataFolder, 512), '-Xms256m', logging, '-cp', classPath] // with C2: it is the busy one
    args.push('kafka.Kafka', configuration)
    return startChild({ name: 'kafka', folder: dataFolder, command: java, args, endSignal: 'SIGTERM' })
  }

  return createPart({ name: 'Kafka', launch, probe: () => probeKafka(port), startLimitMs, report })
}
