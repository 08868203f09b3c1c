import { z } from 'zod'
import type { Kafka } from '../kafka/client.ts'
import { NoSuchTopic, readTopic } from '../kafka/read-topic.ts'
import { declarationsTopic } from '../kafka/topic-specs.ts'

// Whoever can write to the topic can declare anything, and every event is judged by all that is declared. Far beyond what a
// participant has; within what an index takes, and what added to a time is a time.
const name = z.string().max(249)
const names = z.array(name).max(200)
const tenYearsMs = 3_650 * 86_400_000

const reaction = z.object({
  on: name,
  kind: z.enum(['event', 'timer', 'command']),
  topic: name.optional(),
  step: name,
  direction: z.enum(['action', 'compensation']),
  emits: z.array(z.object({ type: name, kind: z.enum(['event', 'timer']), rejects: z.boolean().optional() })).max(200),
  undoneBy: name.optional(),
  excludes: names.optional(),
  withinMs: z.number().nonnegative().max(tenYearsMs).optional(),
  filtered: z.boolean().optional(),
})
/** What of a participant's declaration is of use to an operator; others may declare more. */
export const declaration = z.object({
  service: name,
  topic: name.optional(),
  letterTopic: name,
  final: names.optional(),
  adminUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullish(),
  reactions: z.array(reaction).max(1_000),
})
export type Declared = z.infer<typeof declaration>
export type DeclaredReaction = z.infer<typeof reaction>

export interface Declarations {
  readonly declared: readonly Declared[]
  /** Services whose record is no declaration, and why. */
  readonly unread: readonly { readonly service: string; readonly why: string }[]
}

/** The last declaration of each participant. @throws NoSuchTopic */
export async function readDeclarations(kafka: Pick<Kafka, 'cluster'>, topicPrefix: string): Promise<Declarations> {
  const latest = new Map<string, Buffer>()
  for await (const { key, value } of readTopic(kafka, topicPrefix + declarationsTopic)) {
    // A service that is no more is taken out by a record without a value.
    if (value === null) latest.delete(String(key))
    else latest.set(String(key), value)
  }
  const read = [...latest].map(([service, value]) => ({ service, ...declarationIn(service, jsonOf(value)) }))
  return {
    declared: read.flatMap(({ declared }) => declared ?? []),
    unread: read.flatMap(({ service, why }) => (why === undefined ? [] : [{ service, why }])),
  }
}
export { NoSuchTopic }

/** What a record's value declares, or why it is of no use. @param service its key: a declaration speaks for nobody else */
export function declarationIn(
  service: string,
  value: unknown,
): { readonly declared: Declared; readonly why?: undefined } | { readonly declared?: undefined; readonly why: string } {
  const { success, data, error } = declaration.safeParse(value)
  if (!success) {
    const [issue] = error.issues
    return { why: `declares what is no declaration (${issue?.path.join('.')}: ${issue?.message})` }
  }
  if (data.service === service) return { declared: data }
  return { why: `declares itself as ${data.service}: a record's key must be the name of its service` }
}

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString())
  } catch {
    return undefined
  }
}
