import { z } from 'zod'
import { StartError } from '../errors.ts'
import { checkRoute } from './check-route.ts'
import { idempotencyKeyPattern } from './commands.ts'
import type { CommandRoute } from './routes.ts'

/** A route that takes many requests of a command route at once; built by `batchRoute`. */
export interface BatchRoute {
  readonly kind: 'batch'
  readonly method: 'POST'
  readonly path: string
  readonly summary: string | undefined
  readonly params: z.ZodObject
  readonly of: CommandRoute
  /** What is sent, for openapi.json. */
  readonly body: z.ZodType
  /** Its requests, not looked into yet: one that is wrong spoils only itself. */
  readonly envelope: z.ZodType<Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>>
  readonly field: string
}

/**
 * A POST of up to `most` requests of another POST, which has a body and no ids in its path: `{<field>: [{idempotencyKey,
 * ...body}]}`. Each is taken as if it had come there by itself, under its own key, and has its own answer in its place:
 * `{results: [{status, body, retryAfterSeconds?}]}` with 200. One that is refused changes nothing for the others; when none
 * could be taken the whole is a 503. A repeat may come by either route.
 */
export function batchRoute(o: {
  readonly path: string
  readonly summary?: string
  readonly of: CommandRoute
  readonly field: string
  readonly most: number
}): BatchRoute {
  const { of, field, most } = o
  const { body } = of
  if (of.method !== 'POST' || !(body instanceof z.ZodObject) || Object.keys(of.params.shape).length > 0)
    throw new StartError(
      'route-batch',
      `route POST ${o.path}: batches are of a POST with an object as its body and no ids in its path, which ${of.method} ${of.path} is not`,
    )
  if ('idempotencyKey' in body.shape)
    throw new StartError(
      'route-batch',
      `route POST ${o.path}: the body of POST ${of.path} has an idempotencyKey already`,
    )
  const idempotencyKey = z
    .string()
    .regex(idempotencyKeyPattern)
    .describe('As the header Idempotency-Key of one by itself.')
  const listOf = <Z extends z.ZodType>(item: Z) => z.strictObject({ [field]: z.array(item).min(1).max(most) })
  return checkRoute({
    ...{ kind: 'batch', method: 'POST', path: o.path, summary: o.summary, params: z.strictObject({}), of, field },
    body: listOf(body.safeExtend({ idempotencyKey })),
    envelope: listOf(z.custom<Record<string, unknown>>(isObject, 'is no object')),
  })
}

const isObject = (item: unknown) => typeof item === 'object' && item !== null && !Array.isArray(item)
