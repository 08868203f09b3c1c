/**
 * Starts children one after another while a thread sends Ctrl-C to the whole group, until it has hit one of them in the
 * instant before that has a group of its own. Prints how that child ended.
 *
 *   node interrupted.fixture.ts <folder>
 */
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { startChild } from './child.ts'

const most = 5_000

if (isMainThread) {
  const folder = process.argv[2]!
  process.on('SIGINT', () => {})
  const stop = new Int32Array(new SharedArrayBuffer(4))
  new Worker(new URL(import.meta.url), { workerData: { group: process.pid, stop } })
  for (let n = 0; n < most; n++) {
    const child = startChild({ name: 'child', folder, command: 'sleep', args: ['0'], endSignal: 'SIGTERM' })
    const how = await child.end
    if (how === 'exit code 0') continue
    console.log(how)
    break
  }
  Atomics.store(stop, 0, 1)
} else {
  const { group, stop } = workerData as { group: number; stop: Int32Array }
  while (Atomics.load(stop, 0) === 0) process.kill(-group, 'SIGINT')
}
