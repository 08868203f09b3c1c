/** One part of the stack, with what the tests do to it: a process here, or a container (../containers). */
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
  pause(): Promise<void>
  resume(): Promise<void>
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

/** What runs, whatever it runs in. What is done to it when it has ended does nothing. */
export interface Running {
  /** How it ended, for people; undefined while it runs. */
  ended(): string | undefined
  readonly end: Promise<string>
  logTail(): string | Promise<string>
  kill(): Promise<void>
  pause(): void | Promise<void>
  resume(): void | Promise<void>
  /** In order, as the program's manual says. */
  stop(): Promise<void>
  /** Quickly: its data is of no use any more, or is repaired at the next start. */
  discard(): Promise<void>
}

export interface Recipe<R> {
  /** For people: `PostgreSQL 18`. */
  readonly name: string
  readonly launch: () => R | Promise<R>
  /** A real request: resolves when the part answers it, rejects otherwise. Called again and again. */
  readonly probe: () => Promise<void>
  readonly startLimitMs: number
  readonly report: (line: string) => void
}

const stopLimitMs = 15_000
const discardLimitMs = 2_000
const probeEveryMs = 25
const reportEveryMs = 5_000

/** A part that is a process of this machine. */
export const createPart = ({ launch, ...recipe }: Recipe<Child>): OwnedPart =>
  partOf({ ...recipe, launch: async () => ofProcess(await launch()) })

function ofProcess(child: Child): Running {
  const { id, endSignal, discardSignal, log, ended, end } = child
  return {
    ended,
    end,
    logTail: () => logTail(log),
    kill: () => killTree(id),
    pause: () => {
      freezeTree(id)
    },
    resume: () => {
      thawTree(id)
    },
    stop: () => endTree(id, endSignal, stopLimitMs),
    discard: () => endTree(id, discardSignal, discardLimitMs),
  }
}

export function partOf({ name, launch, probe, startLimitMs, report }: Recipe<Running>): OwnedPart {
  let running: Running | undefined
  let expected: Running | undefined

  async function start(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    report(`starting ${name}`)
    const began = performance.now()
    const mine = await launch()
    running = mine
    await answers(mine, began, signal)
    report(`${name} answers after ${seconds(began)} s`)
    void mine.end.then(async how => {
      if (expected !== mine) report(`${name} ended by itself: ${how}\n${await mine.logTail()}`)
    })
  }

  async function answers(mine: Running, began: number, signal: AbortSignal | undefined): Promise<void> {
    const aborted = abortOf(signal)
    let nextReport = began + reportEveryMs
    for (;;) {
      const failure = await Promise.race([probe().then(() => undefined, asError), aborted])
      signal?.throwIfAborted()
      if (mine.ended() !== undefined)
        throw new StackError('part-ended', `${name} ended while starting: ${mine.ended()}`, await mine.logTail())
      if (!failure) return
      if (performance.now() - began > startLimitMs) {
        const line = `${name} does not answer after ${seconds(began)} s (${failure.message})`
        throw new StackError('part-slow', line, await mine.logTail())
      }
      if (performance.now() > nextReport) {
        report(`waiting for ${name}: ${seconds(began)} s`)
        nextReport += reportEveryMs
      }
      await sleep(probeEveryMs)
    }
  }

  async function end(how: 'kill' | 'stop' | 'discard'): Promise<void> {
    expected = running
    await running?.[how]()
    await running?.end
  }
  const stop = (): Promise<void> => end('stop')

  return {
    name,
    start,
    stop,
    discard: () => end('discard'),
    kill: () => end('kill'),
    pause: async () => running?.pause(),
    resume: async () => running?.resume(),
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
