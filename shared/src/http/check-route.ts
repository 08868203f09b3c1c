import { z } from 'zod'
import { StartError } from '../errors.ts'
import type { Route } from './routes.ts'

/** What every service serves besides its own routes. */
export const kitPaths = ['/livez', '/readyz', '/metrics', '/openapi.json'] as const

/** `/orders/:orderId/cancel` -> `['orderId']` */
export const paramsOf = (path: string) => [...path.matchAll(/:([A-Za-z]\w*)/g)].map(([, name]) => name!)

/** The part of a JSON schema that we look at. */
export interface JsonSchema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: unknown
  readonly required?: readonly string[]
  readonly [keyword: string]: unknown
}

/** `input` is what a client sends, `output` what it gets. OpenAPI 3.1 takes JSON Schema 2020-12 as it is. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io })
  return rest as JsonSchema
}

/** Refuses at definition what would otherwise be a wrong answer later. @throws StartError naming the route */
export function checkRoute<R extends Route>(route: R): R {
  const name = `${route.method} ${route.path}`
  const wrong = (code: string, message: string): never => {
    throw new StartError(code, `route ${name}: ${message}`)
  }
  if (!/^(\/(:[A-Za-z]\w*|[\w.~-]+))+$/.test(route.path))
    wrong('route-path', 'write the path like /orders/:orderId/cancel')
  if (kitPaths.some(path => path === route.path)) wrong('route-path', 'this path is served by the kit')
  const [inPath, declared] = [paramsOf(route.path).sort().join(), Object.keys(route.params.shape).sort().join()]
  if (inPath !== declared)
    wrong('route-params', `the path names (${inPath}), params declares (${declared}); they must be the same`)

  const schemas =
    route.kind === 'query' ? { params: route.params, query: route.query } : { params: route.params, body: route.body }
  for (const [part, schema] of Object.entries(schemas)) {
    if (!schema) continue
    const loose = looseObject(readable(schema, 'input', part), part)
    if (part === 'body' && loose) wrong('route-loose', `${loose} would let unknown fields pass; use z.strictObject`)
  }
  if (route.kind === 'query') readable(route.response, 'output', 'response')
  if (route.kind === 'command' && route.answer) readable(route.answer, 'output', 'answer')
  return route

  function readable(schema: z.ZodType, io: 'input' | 'output', part: string): JsonSchema {
    try {
      return jsonSchema(schema, io)
    } catch (error) {
      return wrong(
        'route-schema',
        `${part} cannot be written as JSON schema for openapi.json: ${(error as Error).message}`,
      )
    }
  }
}

/** The first object in the schema that accepts fields it does not name. */
function looseObject(schema: JsonSchema, at: string): string | undefined {
  if (schema.properties && schema.additionalProperties !== false) return at
  const fields = Object.entries(schema.properties ?? {})
  const parts = schemaKeywords.flatMap(keyword =>
    [schema[keyword] ?? []].flat().map(part => [keyword, part as JsonSchema] as const),
  )
  for (const [name, part] of [...fields, ...parts]) {
    const found = looseObject(part, `${at}.${name}`)
    if (found) return found
  }
  return undefined
}
const schemaKeywords = ['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'additionalProperties'] as const
