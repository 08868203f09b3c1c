import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { StartError } from '../errors.ts'
import { command } from '../messages.ts'
import { commandRoute, queryRoute } from './routes.ts'

const Rename = command<{ id: string; name: string }, { version: number }>()('Rename', { saga: 'none' })
const base = { method: 'PUT', status: 200, command: Rename, toCommand: () => ({ id: 'i', name: 'n' }) } as const
const refusal = (define: () => unknown) => {
  try {
    define()
  } catch (error) {
    return error
  }
  return undefined
}

test('params and body are typed by their schemas, the command by its type, the answer too', () => {
  commandRoute({
    method: 'PUT',
    path: '/things/:id',
    params: z.object({ id: z.string() }),
    body: z.strictObject({ count: z.int() }),
    status: 200,
    command: Rename,
    toCommand: ({ params, body }) => {
      expectTypeOf(params).toEqualTypeOf<{ id: string }>()
      expectTypeOf(body).toEqualTypeOf<{ count: number }>()
      return { id: params.id, name: String(body.count) }
    },
    location: answer => {
      expectTypeOf(answer).toEqualTypeOf<{ version: number }>()
      return '/'
    },
  })
  // @ts-expect-error the command needs a name
  commandRoute({ ...base, path: '/things', toCommand: () => ({ id: 'i' }) })
  // @ts-expect-error a command is no GET
  commandRoute({ ...base, path: '/things', method: 'GET' })
  // @ts-expect-error the answer's schema must give the command's answer
  commandRoute({ ...base, path: '/things', answer: z.object({ version: z.string() }) })
  queryRoute({
    method: 'GET',
    path: '/things',
    query: z.object({ limit: z.coerce.number().default(10) }),
    response: z.object({ version: z.number() }),
    async read({ query, params, signal }) {
      expectTypeOf(query).toEqualTypeOf<{ limit: number }>()
      expectTypeOf(params).toEqualTypeOf<Record<string, never>>()
      expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
      return { version: 1 }
    },
  })
  const response = z.object({ version: z.number() })
  // @ts-expect-error the response has a version, and it is a number
  queryRoute({ method: 'GET', path: '/things', response, read: async () => ({ version: '1' }) })
})

describe('a wrong route stops the start and is named', () => {
  test.each([
    ['route-path', () => commandRoute({ ...base, path: 'things' })],
    ['route-path', () => commandRoute({ ...base, path: '/things/' })],
    ['route-path', () => commandRoute({ ...base, path: '/readyz' })],
    ['route-params', () => commandRoute({ ...base, path: '/things/:id' })],
    ['route-params', () => commandRoute({ ...base, path: '/things/:id', params: z.object({ sku: z.string() }) })],
    ['route-loose', () => commandRoute({ ...base, path: '/things', body: z.object({ a: z.string() }) })],
    [
      'route-loose',
      () =>
        commandRoute({
          ...base,
          path: '/things',
          body: z.strictObject({ lines: z.array(z.object({ sku: z.string() })) }),
        }),
    ],
    [
      'route-loose',
      () =>
        commandRoute({
          ...base,
          path: '/things',
          body: z.union([z.strictObject({}), z.looseObject({ a: z.string() })]),
        }),
    ],
    ['route-schema', () => commandRoute({ ...base, path: '/things', body: z.strictObject({ at: z.date() }) })],
    [
      'route-schema',
      () =>
        queryRoute({
          method: 'GET',
          path: '/things',
          response: z.object({ n: z.bigint() }),
          read: async () => undefined,
        }),
    ],
  ])('%s', (code, define) => {
    const error = refusal(define)
    expect(error).toBeInstanceOf(StartError)
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(/^route (PUT|GET) \/?things|^route PUT \/readyz/),
    })
  })

  test('says which object is loose', () =>
    expect(
      refusal(() =>
        commandRoute({ ...base, path: '/t', body: z.strictObject({ lines: z.array(z.object({ sku: z.string() })) }) }),
      ),
    ).toMatchObject({
      message: 'route PUT /t: body.lines.items would let unknown fields pass; use z.strictObject',
    }))

  test('a strict body with a record or a tuple of values is strict', () => {
    const body = z.strictObject({
      tags: z.record(z.string(), z.string()),
      pair: z.tuple([z.int(), z.int()]),
      properties: z.string(),
    })
    expect(refusal(() => commandRoute({ ...base, path: '/things', body }))).toBeUndefined()
  })
})
