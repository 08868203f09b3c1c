import { renameSync, writeFileSync } from 'node:fs'

/** Put in place whole: whoever collects it may read at any moment. */
export function writeMetrics(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`
  writeFileSync(draft, text)
  renameSync(draft, file)
}
