import { parseArgs } from 'node:util'
import { peerNames, peersOf } from './peers/all.ts'
import type { Peer } from './peers/peer.ts'
import { type Scenario, scenariosOf } from './scenarios.ts'
import { trialsOf } from './trials/all.ts'
import type { Trial } from './trials/trial.ts'

export interface Options {
  readonly scenarios: readonly Scenario[]
  /** Of each window of measurement. */
  readonly seconds: number
  readonly runs: number
  readonly warmUpSeconds: number
  readonly profile: boolean
  /** Where the services send traces; they send none by default. */
  readonly traces: string | undefined
  /** Finished sagas that a second shop beside the first has; 0 without one. */
  readonly grown: number
  /** Events that wait in the trial of that name. */
  readonly backlog: number
  readonly peers: readonly Peer[]
  /** In closed loops, instead of the scenario's own number and of the search for a peer's best. */
  readonly together: number | undefined
  readonly trials: readonly Trial[]
  readonly json: string | undefined
  readonly list: boolean
}

export const usage = `npm run bench -- [options]
  --scenario NAMES   separated by commas (all), or none; --list names them
  --seconds N        of each measurement (20)
  --runs N           of each scenario; the median one is printed (1)
  --warmup N         seconds of load before the first measurement (20)
  --together N       orders under way in closed loops, instead of the scenario's own number and of the search for a peer's best
  --per-post N       orders in a request, likewise
  --grown N          the scenarios on two shops in turns, one of which has N finished sagas (300k, 10m)
  --profile          V8 profiles of the services into .local/bench/profiles, and their hottest functions
  --traces URL       the services send traces there, by OTLP
  --peers NAMES      the same steps without the kit, to be compared with the scenario "one": all, or of ${peerNames} (none)
  --trial NAMES      after them, or, without --scenario, instead of them; --list names them (none)
  --backlog N        events that wait in the trial "backlog" (1m)
  --json FILE        writes all figures of all runs`

/** @throws Error with the usage */
export function optionsFrom(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: 'string' },
        seconds: { type: 'string', default: '20' },
        runs: { type: 'string', default: '1' },
        warmup: { type: 'string', default: '20' },
        together: { type: 'string' },
        'per-post': { type: 'string' },
        grown: { type: 'string' },
        profile: { type: 'boolean', default: false },
        traces: { type: 'string' },
        peers: { type: 'string', default: 'none' },
        backlog: { type: 'string', default: '1m' },
        trial: { type: 'string' },
        json: { type: 'string' },
        list: { type: 'boolean', default: false },
      },
    })
    const scenarios = values.scenario ?? (values.trial === undefined ? 'all' : 'none')
    const together = values.together === undefined ? undefined : positive('--together', values.together)
    const perPost = values['per-post'] === undefined ? undefined : positive('--per-post', values['per-post'])
    return {
      scenarios: scenariosOf(scenarios.split(',')).map(scenario => changed(scenario, { together, perPost })),
      seconds: positive('--seconds', values.seconds),
      runs: positive('--runs', values.runs),
      warmUpSeconds: positive('--warmup', values.warmup),
      together,
      trials: trialsOf((values.trial ?? 'none').split(',')),
      traces: values.traces,
      grown: values.grown === undefined ? 0 : counted('--grown', values.grown),
      backlog: counted('--backlog', values.backlog),
      ...{ profile: values.profile, peers: peersOf(values.peers.split(',')), json: values.json, list: values.list },
    }
  } catch (error) {
    throw new Error(`${(error as Error).message}\n\n${usage}`)
  }
}

function changed(
  scenario: Scenario,
  { together, perPost }: { together: number | undefined; perPost: number | undefined },
): Scenario {
  const { arrival } = scenario
  return {
    ...scenario,
    ...(perPost !== undefined && { perPost }),
    ...(together !== undefined && arrival.loop === 'closed' && { arrival: { loop: 'closed', together } }),
  }
}

const units = { k: 1_000, m: 1_000_000 } as const

function counted(name: string, text: string): number {
  const [, digits, unit] = /^(\d+)([km]?)$/.exec(text) ?? []
  return positive(name, digits === undefined ? text : String(Number(digits) * (unit ? units[unit as 'k' | 'm'] : 1)))
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new Error(`${name} must be a number above 0, not ${JSON.stringify(text)}`)
}
