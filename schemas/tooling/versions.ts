import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from './avsc-files.ts'
import { format } from './format.ts'
import { isObject } from './is-object.ts'
import { SchemaError } from './schema-error.ts'

/** What was published once, kept for ever: three files that are never changed. */
export interface Version {
  readonly event: string
  /** From 1, without gaps. */
  readonly number: number
  /** Relative to the schemas folder and without its ending, e.g. `versions/OrderPlaced/1`. */
  readonly path: string
  /** `.avsc`: the schema. */
  readonly avro: object
  /** `.json`: an example event. */
  readonly example: unknown
  /** `.bin`: the example as it is on the topic, with the version's number for the registry's id. */
  readonly golden: Buffer
}

/** The versions of each event, oldest first. */
export function readVersions(root: string): Map<string, readonly Version[]> {
  const events = globSync('versions/*/', { cwd: root }).map(path => path.split('/')[1]!)
  return new Map(events.sort().map(event => [event, versionsOf(root, event)]))
}

function versionsOf(root: string, event: string): Version[] {
  const count = globSync(`versions/${event}/*.avsc`, { cwd: root }).length
  return Array.from({ length: count }, (_, i) => readVersion(root, event, i + 1))
}

function readVersion(root: string, event: string, number: number): Version {
  const path = `versions/${event}/${number}`
  const read = (ending: string) => {
    const file = join(root, path + ending)
    if (!existsSync(file))
      throw new SchemaError(
        path + ending,
        'is missing: versions are numbered from 1, each with an .avsc, a .json and a .bin',
      )
    return readFileSync(file)
  }
  const json = (ending: string) => parseJson(path + ending, read(ending).toString())
  const avro = json('.avsc')
  if (!isObject(avro)) throw new SchemaError(`${path}.avsc`, 'is not an Avro record')
  return { event, number, path, avro, example: json('.json'), golden: read('.bin') }
}

/**
 * Keeps a schema as a version, word for word: the registry compares texts.
 * Never over what is there, since a published version stays as it was.
 */
export function writeVersion(root: string, schemaPath: string, { event, path, example, golden }: Version): void {
  mkdirSync(join(root, 'versions', event), { recursive: true })
  const write = (ending: string, content: string | Buffer) =>
    writeFileSync(join(root, path + ending), content, { flag: 'wx' })
  write('.avsc', readFileSync(join(root, schemaPath)))
  // The author may have put a better example there beforehand.
  if (!existsSync(join(root, `${path}.json`))) write('.json', format(JSON.stringify(example, null, 2), 'example.json'))
  write('.bin', golden)
}
