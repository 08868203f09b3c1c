/** What a pure handler must not touch, and what it has instead. */
const things = {
  clock: 'the time is `context.now`',
  random: 'derive it from the message, or let whoever sends the command draw it',
  crypto: 'derive ids from the message, or let whoever sends the command draw them',
  timers: 'a durable timer is `after(delayMs, Timer, data)` among what is returned',
  fetch: 'an outside call is an `effect`',
  process: 'settings come as `context.settings`',
} as const
type Thing = keyof typeof things

const globals: Readonly<Record<string, Thing>> = {
  ...{ performance: 'clock', crypto: 'crypto', fetch: 'fetch', process: 'process' },
  ...{ setTimeout: 'timers', setInterval: 'timers', setImmediate: 'timers', queueMicrotask: 'timers' },
}

/** Runs what must be pure with all this out of its reach. Synchronous, so that nobody else finds it missing. */
export function trapped<T>(run: () => T, touched: (what: string) => void): T {
  const touch = (name: string, thing: Thing): never => {
    const what = `touches ${name} (${thing}): ${things[thing]}`
    touched(what)
    throw new Error(what)
  }
  const { random } = Math
  const kept = [...Object.keys(globals), 'Date'].map(
    name => [name, Object.getOwnPropertyDescriptor(globalThis, name)!] as const,
  )
  const replace = (name: string, get: () => unknown) =>
    Object.defineProperty(globalThis, name, { get, configurable: true, enumerable: false })
  try {
    for (const [name, thing] of Object.entries(globals)) replace(name, () => touch(name, thing))
    const date = timelessDate(touch)
    replace('Date', () => date)
    Math.random = () => touch('Math.random', 'random')
    return run()
  } finally {
    Math.random = random
    for (const [name, descriptor] of kept) Object.defineProperty(globalThis, name, descriptor)
  }
}

/** A Date that is made of something is a value like any other. */
const timelessDate = (touch: (name: string, thing: Thing) => never) =>
  new Proxy(Date, {
    construct: (target, values, self) =>
      values.length > 0 ? Reflect.construct(target, values, self) : touch('new Date()', 'clock'),
    apply: () => touch('Date()', 'clock'),
    get: (target, name) => (name === 'now' ? touch('Date.now', 'clock') : Reflect.get(target, name, target)),
  })
