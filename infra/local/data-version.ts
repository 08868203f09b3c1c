/** A data folder belongs to the versions that made it: another PostgreSQL cannot read it, and an older Kafka must not. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from './errors.ts'

/** `18`, `4.3`, `3.0`: as far as the data may differ. */
export interface DataVersion {
  readonly postgres: string
  readonly kafka: string
  readonly registry: string
}

export function requireSameVersion(dataFolder: string, ours: DataVersion): void {
  const path = join(dataFolder, 'version.json')
  const theirs = read(path)
  for (const part of ['postgres', 'kafka', 'registry'] as const) {
    if (!theirs || theirs[part] === ours[part]) continue
    const line = `the data in ${dataFolder} was made by ${part} ${theirs[part]}, and this is ${part} ${ours[part]}: remove it (rm -rf ${dataFolder}), or use another data folder`
    throw new StackError('data-version', line)
  }
  // Before the data itself: data without a version would be nobody's.
  if (!theirs) writeFileSync(path, `${JSON.stringify(ours)}\n`)
}

export const majorMinor = (version: string): string => version.split('.').slice(0, 2).join('.')

function read(path: string): Partial<DataVersion> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<DataVersion>
  } catch {
    return undefined
  }
}
