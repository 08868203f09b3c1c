import { isDeepStrictEqual } from 'node:util'
import { type AvscFile, readAvscFiles } from './avsc-files.ts'
import { incompatibilities } from './compatibility.ts'
import { eventModel } from './event-model.ts'
import { decodeGolden } from './golden.ts'
import { readVersions, type Version } from './versions.ts'

/** All that is wrong between today's schemas and the versions that were published, a line each. Needs no registry. */
export function versionProblems(root: string): string[] {
  const files = readAvscFiles(root)
  eventModel(files)
  const published = readVersions(root)
  const today = new Set(files.map(nameOf))
  return [
    ...files.flatMap(file => [...currentProblems(file, published.get(nameOf(file)) ?? [])]),
    ...[...published.values()].flat().flatMap(goldenProblems),
    ...[...published.keys()]
      .filter(event => !today.has(event))
      .map(
        event =>
          `schemas/versions/${event}: there is no ${event}.avsc any more; as long as a topic holds such events, its readers need the schema`,
      ),
  ]
}

/** What keeps today's schema from being the next version. */
export function compatibilityProblems({ path, avro }: AvscFile, versions: readonly Version[]): string[] {
  return versions.flatMap(version =>
    incompatibilities(avro as object, version.avro).map(
      why => `schemas/${path} is not compatible with version ${version.number}: ${why}`,
    ),
  )
}

function currentProblems(file: AvscFile, versions: readonly Version[]): string[] {
  const problems = compatibilityProblems(file, versions)
  const newest = versions.at(-1)
  if (problems.length > 0 || isSameText(newest?.avro, file.avro)) return problems
  const found = newest ? `differs from its newest version, ${newest.number}` : 'has no version yet'
  return [`schemas/${file.path} ${found}: run \`npm run add-version -w schemas\` and commit the result`]
}

function goldenProblems({ path, avro, example, golden, number }: Version): string[] {
  try {
    if (golden.readUInt32BE(1) === number && isDeepStrictEqual(decodeGolden(avro, golden), example)) return []
    return [
      `schemas/${path}.bin is not what ${path}.json says: one of them was changed; restore it, published versions stay as they were`,
    ]
  } catch (error) {
    return [
      `schemas/${path}.bin cannot be decoded by ${path}.avsc: ${(error as Error).message}; restore it, published versions stay as they were`,
    ]
  }
}

export const nameOf = ({ avro }: AvscFile) => (avro as { name: string }).name

/** The order of keys counts: in lookup mode the registry finds a schema by its text. */
export const isSameText = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
