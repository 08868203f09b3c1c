import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'
import { startChild } from '../../infra/local/child.ts'
import { createPart } from '../../infra/local/part.ts'
import { freePorts } from '../../infra/local/ports.ts'
import { ruleFile } from '../../infra/prometheus/rules.ts'

export interface Target {
  readonly service: string
  /** host:port */
  readonly address: string
}
export interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}
export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}
export interface Prometheus {
  query(promql: string): Promise<Series[]>
  /** Those that fire now. */
  firing(): Promise<Alert[]>
  end(): Promise<void>
}

/** A minute of the rules as they are shipped is a second here. */
const hurried = (seconds: number) => `${Math.ceil(seconds / 60)}s`
const shipped = resolve(import.meta.dirname, '../../infra/prometheus/prometheus.yml')

/** Debian's Prometheus with the configuration that is shipped, but for where the targets are and how often it looks. */
export async function startPrometheus(folder: string, targets: readonly Target[]): Promise<Prometheus> {
  const config = parse(readFileSync(shipped, 'utf8'))
  const { job_name, honor_labels } = config.scrape_configs[0]
  const static_configs = targets.map(({ service, address }) => ({ targets: [address], labels: { service } }))
  writeFileSync(join(folder, 'saga-rules.yml'), ruleFile(hurried))
  const file = join(folder, 'prometheus.yml')
  const global = { scrape_interval: '1s', evaluation_interval: '1s' }
  writeFileSync(file, stringify({ ...config, global, scrape_configs: [{ job_name, honor_labels, static_configs }] }))

  const [port] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  const part = createPart({
    name: 'Prometheus',
    startLimitMs: 60_000,
    report: () => {},
    launch: () =>
      startChild({
        ...{ name: 'prometheus', folder, command: 'prometheus', endSignal: 'SIGTERM' },
        args: [
          `--config.file=${file}`,
          `--storage.tsdb.path=${join(folder, 'tsdb')}`,
          `--web.listen-address=127.0.0.1:${port}`,
        ],
      }),
    probe: async () => {
      const { status } = await fetch(`${url}/-/ready`)
      if (status !== 200) throw new Error(`/-/ready answers ${status}`)
    },
  })
  await part.start()

  async function ask(path: string): Promise<any> {
    const answer: any = await (await fetch(url + path)).json()
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`)
    return answer.data
  }
  return {
    async query(promql) {
      const { result } = await ask(`/api/v1/query?query=${encodeURIComponent(promql)}`)
      return result.map(({ metric, value }: any) => ({ metric, value: Number(value[1]) }))
    },
    firing: async () => (await ask('/api/v1/alerts')).alerts.filter(({ state }: any) => state === 'firing'),
    end: () => part.discard(),
  }
}
