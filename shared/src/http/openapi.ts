import type { BatchRoute } from './batch-routes.ts'
import { type JsonSchema, jsonSchema, paramsOf } from './check-route.ts'
import type { CommandRoute, QueryRoute, Route } from './routes.ts'

export interface ApiInfo {
  readonly service: string
  readonly version: string
}

/** OpenAPI 3.1 of a service's routes; the same data as the routes themselves, so it cannot be out of date. */
export function openApi({ service, version }: ApiInfo, routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]\w*)/g, '{$1}')
    paths[path] = {
      ...paths[path],
      [route.method.toLowerCase()]: operationOf(route),
    }
  }
  return { openapi: '3.1.1', info: { title: service, version }, paths, components }
}

function operationOf(route: Route) {
  if (route.kind === 'query') return queryOperation(route)
  return route.kind === 'batch' ? batchOperation(route) : commandOperation(route)
}

function commandOperation(route: CommandRoute) {
  return {
    operationId: lowerFirst(route.command.type),
    ...(route.summary && { summary: route.summary }),
    parameters: [
      ...pathParameters(route),
      ...(route.method === 'POST' ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ],
    ...(route.body && { requestBody: { required: true, content: json(jsonSchema(route.body, 'input')) } }),
    responses: {
      [route.status]: {
        description: 'Committed. For a POST a repeat with the same key and body gives this answer again.',
        ...(route.location && { headers: { Location: { schema: { type: 'string' } } } }),
        content: json(answerSchema(route)),
      },
      ...problems(400, 404, 409, 413, 415, 422, 500, 503),
    },
  }
}

function batchOperation(route: BatchRoute) {
  const { of } = route
  const result = (status: object, body: object) => ({
    type: 'object',
    required: ['status', 'body'],
    properties: { status, body },
  })
  const accepted = result({ const: of.status }, answerSchema(of))
  const problem = result({ type: 'integer', minimum: 400 }, { $ref: '#/components/schemas/Problem' })
  const retryAfterSeconds = { type: 'integer', minimum: 1, description: 'Of a 503: repeat it with its key then.' }
  const refused = { ...problem, properties: { ...problem.properties, retryAfterSeconds } }
  return {
    operationId: `${lowerFirst(of.command.type)}Batch`,
    ...(route.summary && { summary: route.summary }),
    requestBody: { required: true, content: json(jsonSchema(route.body, 'input')) },
    responses: {
      200: {
        description: `The answer of each, in its place, as ${of.method} ${of.path} would have given it. A repeat of one may come by either path.`,
        content: json({
          type: 'object',
          required: ['results'],
          properties: { results: { type: 'array', items: { oneOf: [accepted, refused] } } },
        }),
      },
      ...problems(400, 413, 415, 500, 503),
    },
  }
}

function queryOperation(route: QueryRoute) {
  return {
    operationId: `get${route.path
      .split('/')
      .map(part => upperFirst(part.replace(/^:/, 'by-').replace(/-(\w)/g, (_, c: string) => c.toUpperCase())))
      .join('')}`,
    ...(route.summary && { summary: route.summary }),
    parameters: [...pathParameters(route), ...parameters(jsonSchema(route.query, 'input'), 'query')],
    responses: {
      200: { description: 'Found.', content: json(jsonSchema(route.response, 'output')) },
      ...problems(400, 404, 500, 503),
    },
  }
}

const answerSchema = ({ answer }: CommandRoute) => (answer ? jsonSchema(answer, 'output') : { type: 'object' })
const lowerFirst = (text: string) => text.slice(0, 1).toLowerCase() + text.slice(1)
const upperFirst = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)
const json = (schema: object) => ({ 'application/json': { schema } })
const pathParameters = (route: Route) =>
  paramsOf(route.path).length === 0 ? [] : parameters(jsonSchema(route.params, 'input'), 'path')

function parameters(schema: JsonSchema, place: 'path' | 'query') {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || (schema.required?.includes(name) ?? false),
    schema: field,
  }))
}

function problems(...statuses: number[]) {
  return Object.fromEntries(
    statuses.map(status => [status, { $ref: `#/components/responses/${status >= 503 ? 'Unavailable' : 'Problem'}` }]),
  )
}

const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
const components = {
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      description: 'Fresh for every new request, the same for its repeats; scoped to the full path.',
      schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[\\x21-\\x7e]+$' },
    },
  },
  responses: {
    Problem: { description: 'RFC 9457; `code` is stable.', content: problemContent },
    Unavailable: {
      description: 'Nothing was stored; repeat with the same key.',
      headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer', minimum: 1 } } },
      content: problemContent,
    },
  },
  schemas: {
    Problem: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'code', 'instance'],
      properties: {
        type: { type: 'string' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        code: { type: 'string' },
        instance: { type: 'string' },
        errors: {
          type: 'array',
          items: {
            type: 'object',
            required: ['detail'],
            properties: { detail: { type: 'string' }, pointer: { type: 'string' }, parameter: { type: 'string' } },
          },
        },
      },
    },
  },
}
