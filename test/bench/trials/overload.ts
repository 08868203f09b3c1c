import { measure } from '../measure.ts'
import type { Run } from '../run.ts'
import { inWords, warmUp } from '../runs.ts'
import { percent, tableOf, whole } from '../table.ts'
import { curveTable, watch } from './curve.ts'
import { type Trial, withShop } from './trial.ts'

const rampMs = 3_000
/** Until the queues are as long as they get: what is taken then is what is completed. */
const fillsMs = 20_000
/** As many clients as come, each with a connection of its own: with few, they would wait for one another and not at the door. */
const connections = 4_000

/** Of what a run measures, what the shop has no part in. */
const ofLoad = ['load', 'watch']

/**
 * Twice as many orders a second as the shop can complete, for --seconds, whatever becomes of them; before it what it can
 * complete, by a closed loop, and behind it half of that, which it must take as if nothing had been.
 */
export const overload: Trial = {
  name: 'overload',
  what: 'twice the sustainable rate: what is turned away, what is completed, memory, recovery',
  run: ({ ground, load, seconds, say }) =>
    withShop(ground, {}, async shop => {
      const bench = { ground, load, target: shop }
      const plain = { blend: 'plain', perPost: 1, rampMs, windowMs: seconds * 1_000 } as const
      const open = (perSecond: number) => ({ ...plain, connections, arrival: { loop: 'open', perSecond } }) as const

      say('warming up')
      await warmUp(bench, { ...plain, arrival: { loop: 'closed', together: 1_000 } }, rampMs / 1_000 + seconds)
      const best = await measure(bench, { ...plain, arrival: { loop: 'closed', together: 1_000 } })
      say(`at its best: ${inWords(best)}`)

      const curve = watch(shop)
      const twice = 2 * Math.round(best.sagasPerSecond)
      const overloaded = measure(bench, { ...open(twice), rampMs: fillsMs })
      // Its audit waits until everything is settled, and a little more.
      const loadEndsSeconds = fillsMs / 1_000 + seconds
      const run = await overloaded
      const settledSeconds = await curve.settled()
      await curve.stop()
      const points = curve.points.filter(
        (point, i, all) => point.placed > point.settled || all[i - 1]?.placed !== point.placed,
      )
      say(`at twice that: ${inWords(run)}`)

      const after = await measure(bench, open(Math.max(1, Math.round(best.sagasPerSecond / 2))))
      say(`at half of it, behind that: ${inWords(after)}`)
      // Of a machine that others use too, what a saga costs says more than how many there were.
      const cpuOf = ({ cpuMicrosPerSaga }: Run) =>
        Object.entries(cpuMicrosPerSaga).reduce((sum, [name, micros]) => sum + (ofLoad.includes(name) ? 0 : micros), 0)
      const figures = {
        bestPerSecond: best.sagasPerSecond,
        offeredPerSecond: twice,
        completedPerSecond: run.sagasPerSecond,
        ofBest: run.sagasPerSecond / best.sagasPerSecond,
        answers: run.answers,
        refusedShare: run.refusedShare,
        latencyMs: run.latencyMs,
        drainedAfterSeconds: Math.max(0, lastUnderWay(points) - loadEndsSeconds),
        settledSeconds,
        afterwards: { answers: after.answers, latencyMs: after.latencyMs, sagasPerSecond: after.sagasPerSecond },
        cpuMicrosPerSaga: { best: cpuOf(best), overloaded: cpuOf(run) },
        points,
      }
      const counts = (of: Readonly<Record<string, number>>) =>
        Object.entries(of)
          .map(([name, count]) => `${name}: ${count}`)
          .join(', ')
      return {
        table: [
          tableOf([
            ['overload', 'sagas/s', 'refused %', 'CPU us/saga', 'p50 ms', 'p99 ms', 'others %', 'answers'],
            ...[
              ['closed loop, 1000 under way', best] as const,
              [`${twice}/s offered`, run] as const,
              ['half the best rate, afterwards', after] as const,
            ].map(([name, run]) => [
              name,
              ...[whole(run.sagasPerSecond), percent(run.refusedShare)],
              ...[cpuOf(run), run.latencyMs.p50, run.latencyMs.p99, 100 * run.othersShare].map(whole),
              counts(run.answers),
            ]),
          ]),
          `completed at ${(100 * figures.ofBest).toFixed(0)}% of the best rate; all settled ${figures.drainedAfterSeconds.toFixed(0)} s after the load's end`,
          curveTable(points),
        ].join('\n\n'),
        figures,
        violations: [best, run, after].flatMap(({ violations }) => violations),
      }
    }),
}

const lastUnderWay = (points: readonly { seconds: number; placed: number; settled: number }[]) =>
  points.findLast(({ placed, settled }) => placed > settled)?.seconds ?? 0
