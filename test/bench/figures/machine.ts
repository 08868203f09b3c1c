import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

const microsPerTick = 10_000

/** CPU time in microseconds that everything on this machine has used, and what the host took from it (proc(5), /proc/stat). */
export function machineCpuMicros(): number {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return (user + nice + system + irq + softIrq + steal) * microsPerTick
}

/** Of all CPU time that there was in so many seconds. */
export const shareOfMachine = (micros: number, seconds: number): number =>
  micros / 1e6 / seconds / availableParallelism()
