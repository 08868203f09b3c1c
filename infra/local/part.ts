/** One process of the stack, with what the tests do to it. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child.ts'
import { StackError } from './errors.ts'
import { logTail } from './log-tail.ts'
import { endTree, freezeTree, killTree, thawTree } from './process-tree.ts'

export interface Part {
  readonly name: string
  /** SIGKILL to the whole process tree; returns when it is gone. */
  kill(): Promise<void>
  /** SIGSTOP to the whole process tree. */
  pause(): void
  resume(): void
  /** Starts it again on the same port and data, stopping it first if it runs; returns when it answers. */
  restart(): Promise<void>
}

/** What the stack does besides. */
export interface OwnedPart extends Part {
  start(signal?: AbortSignal): Promise<void>
  /** In order, as the program's manual says. */
  stop(): Promise<void>
  /** Quickly: its data is of no use any more, or is repaired at the next start. */
  discard(): Promise<void>
}

export interface Recipe {
  /** For people: `PostgreSQL 18`. */
  readonly name: string
  readonly launch: () => Child | Promise<Child>
  /** A real request: resolves when the part answers it, rejects otherwise. Called again and again. */
  readonly probe: () => Promise<void>
  readonly startLimitMs: number
  readonly report: (line: string) => void
}

const stopLimitMs = 15_000
const discardLimitMs = 2_000
const probeEveryMs = 25
const reportEveryMs = 5_000

export function createPart({ name, launch, probe, startLimitMs, report }: Recipe): OwnedPart {
  let child: Child | undefined
  let expected: Child | undefined

  async function start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    report(`starting ${name}`)
    const began = performance.now()
    const mine = await launch()
    child = mine
    await answers(mine, began, signal)
    report(`${name} answers after ${seconds(began)} s`)
    void mine.end.then(how => {
      if (expected !== mine) report(`${name} ended by itself: ${how}\n${logTail(mine.log)}`)
    })
  }

  async function answers(mine: Child, began: number, signal: AbortSignal | undefined): Promise<void> {
    const aborted = abortOf(signal)
    let nextReport = began + reportEveryMs
    for (;;) {
      const failure = await Promise.race([probe().then(() => undefined, asError), aborted])
      signal?.throwIfAborted()
      if (mine.ended() !== undefined)
        throw new StackError('part-ended', `${name} ended while starting: ${mine.ended()}`, logTail(mine.log))
      if (!failure) return
      if (performance.now() - began > startLimitMs) {
        const line = `${name} does not answer after ${seconds(began)} s (${failure.message})`
        throw new StackError('part-slow', line, logTail(mine.log))
      }
      if (performance.now() > nextReport) {
        report(`waiting for ${name}: ${seconds(began)} s`)
        nextReport += reportEveryMs
      }
      await sleep(probeEveryMs)
    }
  }

  async function end(politely: (child: Child) => Promise<void>): Promise<void> {
    expected = child
    if (child) await politely(child)
    await child?.end
  }

  const kill = (): Promise<void> => end(({ id }) => killTree(id))
  const stop = (): Promise<void> => end(({ id, endSignal }) => endTree(id, endSignal, stopLimitMs))
  const discard = (): Promise<void> => end(({ id, discardSignal }) => endTree(id, discardSignal, discardLimitMs))

  return {
    name,
    start,
    stop,
    discard,
    kill,
    pause: () => {
      if (child) freezeTree(child.id)
    },
    resume: () => {
      if (child) thawTree(child.id)
    },
    restart: async () => {
      await stop()
      await start()
    },
  }
}

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1)

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

/** Never settles when there is nothing to abort. */
const abortOf = (signal: AbortSignal | undefined): Promise<Error> =>
  new Promise(resolve => signal?.addEventListener('abort', () => resolve(asError(signal.reason)), { once: true }))
