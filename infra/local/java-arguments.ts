import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** What every JVM of the stack is started with: two cores carry the serial collector best (performance.md), and no file goes elsewhere. */
export function javaArguments(dataFolder: string, heapMiB: number): string[] {
  const temporary = join(dataFolder, 'tmp') // a JVM that is killed leaves its unpacked libraries and caches behind
  mkdirSync(temporary, { recursive: true })
  return [
    `-Xmx${heapMiB}m`,
    '-XX:+UseSerialGC',
    '-XX:+ExitOnOutOfMemoryError',
    '-XX:-UsePerfData',
    `-Djava.io.tmpdir=${temporary}`,
  ]
}
