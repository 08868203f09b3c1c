import { parseArgs } from 'node:util'
import { everySafeguard, type Safeguards } from '../../core/safeguards.ts'
import { noTrouble, type Plan, planOf, type Rates } from './plan.ts'
import type { Scenario } from './scenario.ts'
import { shrink } from './shrink.ts'
import { createSimulation, type Simulation } from './simulate.ts'
import { storyOf } from './story.ts'

/**
 * A command line around a scenario: runs seeds, and of the first that goes wrong tells the story, made as small as it gets.
 *
 *   [--seed N | --seeds A..B] [--sagas 12] [--rate throws=0.2 ...] [--without SAFEGUARD] [--story]
 *
 * @returns the exit code: 0, 1 when anything that must hold does not
 */
export async function simulateCommand(
  scenario: Scenario,
  args: readonly string[],
  say: (text: string) => void = console.log,
): Promise<0 | 1> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ seed: { type: 'string' }, seeds: { type: 'string', default: '1..200' }, without: { type: 'string' } },
      ...{ sagas: { type: 'string', default: '12' }, rate: { type: 'string', multiple: true, default: [] } },
      ...{ story: { type: 'boolean', default: false } },
    },
  })
  const [from = 1, to = from] = (values.seed ?? values.seeds).split('..').map(Number)
  const safeguards = without(values.without)
  const simulation = await createSimulation(scenario)
  const services = scenario.participants.map(({ service }) => service)
  const rates = ratesOf(values.rate)
  const planFor = (seed: number) => {
    const plan = planOf(seed, services, Number(values.sagas))
    return { ...plan, rates: { ...plan.rates, ...rates } }
  }
  const began = performance.now()
  const sum = { sagas: 0, events: 0, repeats: 0, letters: 0 }
  for (let seed = from; seed <= to; seed++) {
    const plan = planFor(seed)
    const run = simulation.run(plan, { safeguards })
    sum.sagas += run.sagas
    sum.events += run.events
    sum.repeats += run.repeats
    sum.letters += run.letters
    if (run.violations.length > 0) {
      say(`seed ${seed} goes wrong:\n${run.violations.map(text => `  ${text}`).join('\n')}\n`)
      say(smallStory(simulation, plan, safeguards))
      say(`\nagain: npm run simulate -- --seed ${seed}${again(args)}`)
      return 1
    }
    if (values.story) say(storyOf(simulation, plan, { safeguards }))
    // A run of an hour says now and then how far it is.
    if (seed === to || (seed - from + 1) % 10_000 === 0) say(`seeds ${from} to ${seed}: ${told(sum, began)}`)
  }
  return 0
}

function told(sum: { sagas: number; events: number; repeats: number; letters: number }, began: number): string {
  const perSecond = Math.round((1_000 * sum.sagas) / (performance.now() - began))
  return `${sum.sagas} sagas, ${sum.events} events, ${sum.repeats} copies of them, ${sum.letters} deaths, ${perSecond} sagas a second; nothing is wrong`
}

function ratesOf(texts: readonly string[]): Partial<Rates> {
  const rates = texts.map(text => {
    const [name = '', rate] = text.split('=')
    if (name in noTrouble && Number(rate) >= 0 && Number(rate) <= 1) return [name, Number(rate)]
    throw new RangeError(`--rate ${text}: write it like throws=0.2, with one of ${Object.keys(noTrouble).join(', ')}`)
  })
  return Object.fromEntries(rates)
}

function without(name: string | undefined): Partial<Safeguards> {
  if (name === undefined) return {}
  if (name in everySafeguard) return { [name]: false }
  throw new RangeError(
    `--without ${name}: there is no such safeguard; there are ${Object.keys(everySafeguard).join(', ')}`,
  )
}

/** All but the seeds. */
function again(args: readonly string[]): string {
  const others = args.filter((arg, i) => !/^--seeds?(=|$)/.test(arg) && !/^--seeds?$/.test(args[i - 1] ?? ''))
  return others.map(arg => ` ${arg}`).join('')
}

/** The story of the smallest plan that still goes wrong. */
export function smallStory(simulation: Simulation, plan: Plan, safeguards: Partial<Safeguards> = {}): string {
  const small = shrink(plan, smaller => simulation.run(smaller, { safeguards }).violations.length > 0)
  return storyOf(simulation, small, { safeguards })
}
