import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AvscFile, parseJson, readAvscFiles } from './avsc-files.ts'
import { eventModel } from './event-model.ts'
import { exampleOf } from './example.ts'
import { encodeGolden } from './golden.ts'
import { compatibilityProblems, isSameText, nameOf } from './version-problems.ts'
import { readVersions, type Version, writeVersion } from './versions.ts'

export interface Added {
  readonly added: readonly Version[]
  /** If there is any, nothing was written. */
  readonly problems: readonly string[]
}

/** Keeps today's schema of each event that has changed as its next version, with an example of it. */
export function addVersions(root: string): Added {
  const files = readAvscFiles(root)
  eventModel(files)
  const published = readVersions(root)
  const changed = files
    .map(file => ({ file, versions: published.get(nameOf(file)) ?? [] }))
    .filter(({ file, versions }) => !isSameText(versions.at(-1)?.avro, file.avro))

  const problems = changed.flatMap(({ file, versions }) => compatibilityProblems(file, versions))
  if (problems.length > 0) return { added: [], problems }
  const added = changed.map(({ file, versions }) => ({ file, version: nextVersion(root, file, versions.at(-1)) }))
  for (const { file, version } of added) writeVersion(root, file.path, version)
  return { added: added.map(a => a.version), problems }
}

function nextVersion(root: string, file: AvscFile, before: Version | undefined): Version {
  const event = nameOf(file)
  const avro = file.avro as object
  const number = (before?.number ?? 0) + 1
  const path = `versions/${event}/${number}`
  const byHand = join(root, `${path}.json`)
  const example = existsSync(byHand)
    ? parseJson(`${path}.json`, readFileSync(byHand, 'utf8'))
    : exampleOf(avro, before?.example)
  return { event, number, path, avro, example, golden: encodeGolden(path, avro, number, example) }
}
