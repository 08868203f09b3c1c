import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SchemaError } from './schema-error.ts'

/** A schema as its author wrote it, custom attributes included. Nothing is checked yet but that it is JSON. */
export interface AvscFile {
  /** Relative to the schemas folder, e.g. `order/OrderPlaced.avsc`. */
  readonly path: string
  readonly avro: unknown
}

/** Today's schemas, sorted by path so that what is generated from them does not depend on the file system. */
export function readAvscFiles(root: string): AvscFile[] {
  return globSync('*/*.avsc', { cwd: root })
    .sort()
    .map(path => ({ path, avro: parseJson(path, readFileSync(join(root, path), 'utf8')) }))
}

export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SchemaError(path, `is not JSON: ${(error as Error).message}`)
  }
}
