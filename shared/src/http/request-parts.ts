import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { readTraceparent } from '../core/trace-context.ts'
import { canonicalJson, pointerPart, storable, UnusableJson } from './canonical-json.ts'
import { type Place, problem } from './problems.ts'

/** The path's or the query's fields, checked. @throws Problem 400 with the parameter's name */
export function readParameters<Z extends z.ZodType>(schema: Z, given: unknown): z.output<Z> {
  for (const [name, value] of Object.entries((given ?? {}) as Record<string, unknown>)) {
    const wrong = [value]
      .flat()
      .map(text => complaintAbout(() => storable(String(text))))
      .find(Boolean)
    if (wrong)
      throw problem('parameter-invalid', `${name} ${wrong.message}`, {
        errors: [{ parameter: name, detail: wrong.message }],
      })
  }
  const parsed = schema.safeParse({ ...(given as object) })
  if (parsed.success) return parsed.data
  const errors = placesOf(parsed.error, (path, detail) => ({ parameter: path.join('.'), detail }))
  throw problem('parameter-invalid', summary(errors), { errors })
}

/** The body and its canonical form. A request without a body counts as `{}`. @throws Problem 400 with JSON pointers */
export function readBody<Z extends z.ZodType>(
  schema: Z,
  given: unknown,
): { readonly body: z.output<Z>; readonly canonical: string } {
  let canonical = ''
  const unusable = complaintAbout(() => {
    canonical = canonicalJson(given ?? {})
  })
  if (unusable)
    throw problem('body-invalid', `${unusable.at || 'the body'} ${unusable.message}`, {
      errors: [{ pointer: `#${unusable.at}`, detail: unusable.message }],
    })

  return { body: checkBody(schema, given), canonical }
}

/** The body's fields, checked. @throws Problem 400 with JSON pointers */
export function checkBody<Z extends z.ZodType>(schema: Z, given: unknown): z.output<Z> {
  const parsed = schema.safeParse(given ?? {})
  if (parsed.success) return parsed.data
  if (given === undefined) throw problem('body-missing', 'send a JSON object; openapi.json describes it')
  const errors = placesOf(parsed.error, (path, detail) => ({
    pointer: `#${path.map(part => `/${pointerPart(String(part))}`).join('')}`,
    detail,
  }))
  throw problem('body-invalid', summary(errors), { errors })
}

/** The request's traceparent; one that names no trace is as good as none. */
export function traceparentOf({ headers: { traceparent } }: FastifyRequest): string | undefined {
  return typeof traceparent === 'string' && readTraceparent(traceparent) ? traceparent : undefined
}

const mostPlaces = 10
const placesOf = (error: z.ZodError, place: (path: PropertyKey[], detail: string) => Place): Place[] =>
  error.issues.slice(0, mostPlaces).map(issue => place(issue.path, issue.message))

function summary(errors: readonly Place[]): string {
  return errors
    .map(error => `${'pointer' in error ? error.pointer : error.parameter || 'query'}: ${error.detail}`)
    .join('; ')
}

function complaintAbout(check: () => unknown): UnusableJson | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof UnusableJson) return error
    throw error
  }
}
