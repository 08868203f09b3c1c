import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { type ServiceName, serviceNames } from '../../infra/shop/topics.ts'

const repository = resolve(import.meta.dirname, '../..')
const folder = join(repository, '.local/bench/profiles')
const hottest = 10

/** What makes a service write a profile of its whole life when it ends. */
export function profilingOf(): (name: ServiceName) => Record<string, string> {
  rmSync(folder, { recursive: true, force: true })
  return name => {
    const own = join(folder, name)
    mkdirSync(own, { recursive: true })
    return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${own}` }
  }
}

/** https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile; times are in microseconds. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly endTime: number
  readonly startTime: number
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

/** Microseconds that each function was seen running itself, without what it called; the hottest first. */
export function selfTimes(profile: Profile, o: { readonly fromMicros: number; readonly toMicros: number }) {
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  let at = profile.startTime
  for (const [i, id] of profile.samples.entries()) {
    const delta = profile.timeDeltas[i]!
    at += delta
    if (at < o.fromMicros || at > o.toMicros) continue
    const name = names.get(id)!
    times.set(name, (times.get(name) ?? 0) + delta)
  }
  return [...times].sort(([, a], [, b]) => b - a)
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const file = url.startsWith('file://') ? relative(repository, new URL(url).pathname) : url
  return `${functionName || '(anonymous)'}${file && ` ${file}:${lineNumber + 1}`}`
}

/** The hottest functions of each service, in the window of measurement (in milliseconds of the clock). */
export function hottestFunctions(window: { readonly fromMs: number; readonly toMs: number }): string {
  const sections = serviceNames.flatMap(service => {
    const own = join(folder, service)
    const files = existsSync(own) ? readdirSync(own) : []
    return files.map(file => {
      const profile = JSON.parse(readFileSync(join(own, file), 'utf8')) as Profile
      // Its times are of a clock of its own; it is written when they end.
      const { mtimeMs } = statSync(join(own, file))
      const micros = (ms: number) => profile.endTime - (mtimeMs - ms) * 1_000
      const times = selfTimes(profile, { fromMicros: micros(window.fromMs), toMicros: micros(window.toMs) })
      const all = times.reduce((sum, [, time]) => sum + time, 0)
      const busy = all - (times.find(([name]) => name === '(idle)')?.[1] ?? 0)
      const lines = times
        .filter(([name]) => name !== '(idle)')
        .slice(0, hottest)
        .map(([name, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)}%  ${name}`)
      return [`${service}: busy ${((100 * busy) / all).toFixed(0)}% of the window`, ...lines].join('\n')
    })
  })
  return [...sections, `profiles: ${relative(repository, folder)}`].join('\n\n')
}
