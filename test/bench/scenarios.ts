import type { Arrival, Blend } from './load/plan.ts'

export interface Scenario {
  readonly name: string
  /** For people: its conditions. */
  readonly what: string
  readonly blend: Blend
  readonly arrival: Arrival
  /** Orders in a request. */
  readonly perPost: number
  /** Of each service. */
  readonly instances: 1 | 2
}

const closed = (together: number) => ({ loop: 'closed', together }) as const
const plain = { blend: 'plain', instances: 1 } as const
const fifty = { ...plain, arrival: closed(4_000), perPost: 50 }

const named: readonly Scenario[] = [
  { ...plain, name: 'alone', what: 'one order under way at a time', arrival: closed(1), perPost: 1 },
  { ...plain, name: 'one', what: 'one order a request', arrival: closed(1_000), perPost: 1 },
  { ...fifty, name: 'fifty', what: '50 orders a request' },
  { ...fifty, name: 'mix', what: '10% rejected, 5% cancelled by the customer, 2% refunded', blend: 'mix' },
  { ...fifty, name: 'hot-sku', what: 'all orders on one sku', blend: 'one-sku' },
  { ...fifty, name: 'hot-customer', what: 'all orders of one customer', blend: 'one-customer' },
  { ...fifty, name: 'two', what: 'two instances of each service', instances: 2 },
]

/** `open-5000`: so many orders a second, one a request; `open-5000x50`: 50 a request. */
function openAt(name: string): Scenario | undefined {
  const [, perSecond, perPost = '1'] = /^open-(\d+)(?:x(\d+))?$/.exec(name) ?? []
  if (perSecond === undefined) return undefined
  const arrival = { loop: 'open', perSecond: Number(perSecond) } as const
  return {
    ...plain,
    name,
    what: `${perSecond} orders a second, ${perPost} a request`,
    arrival,
    perPost: Number(perPost),
  }
}

/** Rates that two cores can do, from little to nearly all: where the picture of latency against throughput has its points. */
const ladder = [300, 500, 600, 900].map(rate => `open-${rate}`)
const usual = ['alone', 'one', 'fifty', ...ladder, 'open-5000', 'mix', 'hot-sku', 'hot-customer', 'two']
const collections: Readonly<Record<string, readonly string[]>> = { all: usual, ladder, none: [] }

/** @throws Error naming what there is */
export function scenariosOf(names: readonly string[]): Scenario[] {
  return names
    .flatMap(name => collections[name] ?? [name])
    .map(name => {
      const found = named.find(scenario => scenario.name === name) ?? openAt(name)
      if (!found) throw new Error(`there is no scenario ${JSON.stringify(name)}; there are\n${listed()}`)
      return found
    })
}

export const listed = (): string =>
  [
    ...named.map(({ name, what }) => [name, what] as const),
    ['open-N, open-NxM', 'N orders a second, M a request (1)'] as const,
    ['ladder', ladder.join(' ')] as const,
    ['all', usual.join(' ')] as const,
  ]
    .map(([name, what]) => `  ${name.padEnd(18)}${what}`)
    .join('\n')
