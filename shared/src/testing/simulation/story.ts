import type { Plan } from './plan.ts'
import type { SimulateOptions, Simulation } from './simulate.ts'

const sagaId = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g
const namedSaga = new RegExp(`(?:saga )?(${sagaId.source})`, 'g')
const mostLines = 200

/**
 * What happened when, for people: the plan is run once more, and told with the sagas numbered in the order in which they
 * began. Of other sagas than those that something is wrong with, nothing is told.
 */
export function storyOf(simulation: Simulation, plan: Plan, o: SimulateOptions = {}): string {
  const lines: { readonly atMs: number; readonly who: string; readonly what: string }[] = []
  const { violations } = simulation.run(plan, { ...o, tell: (atMs, who, what) => lines.push({ atMs, who, what }) })
  const concerned = new Set(violations.flatMap(violation => violation.match(sagaId) ?? []))
  const ids = [...new Set(lines.flatMap(({ what }) => what.match(sagaId) ?? []))]
  const numbers = new Map(ids.sort().map((id, i) => [id, `saga ${i + 1}`]))
  const named = (text: string) => text.replaceAll(namedSaga, (_, id: string) => numbers.get(id) ?? id)
  const told = lines.filter(({ what, who }) => {
    const of = what.match(sagaId)
    // Whatever befell a process may bear on any saga; commands without one are many, and the same each time.
    return of ? concerned.size === 0 || of.some(id => concerned.has(id)) : who !== 'customer' && !what.startsWith('- ')
  })
  const width = Math.max(0, ...told.map(({ who }) => who.length))
  const text = told.map(({ atMs, who, what }) => `${seconds(atMs)}  ${who.padEnd(width)}  ${named(what)}`)
  const left = text.length - mostLines
  return [
    `customers ${plan.customers.join(', ') || 'none'}; ${plan.instances} of each service; ${plan.partitions} partitions`,
    `faults: ${plan.faults.map(({ kind, service, atMs }) => `${kind} of ${service} at ${seconds(atMs).trim()}`).join('; ') || 'none'}`,
    `trouble by itself: ${troubleOf(plan)}`,
    '',
    ...text.slice(0, mostLines),
    ...(left > 0 ? [`... and ${left} lines more`] : []),
    '',
    ...violations.map(violation => `wrong: ${named(violation)}`),
  ].join('\n')
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(3).padStart(8)}s`
const troubleOf = ({ rates }: Plan) =>
  Object.entries(rates)
    .flatMap(([name, rate]) => (rate > 0 ? [`${name} ${(100 * rate).toPrecision(2)}%`] : []))
    .join(', ') || 'none'
