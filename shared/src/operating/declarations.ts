import { z } from 'zod'
import type { Kafka } from '../kafka/client.ts'
import { NoSuchTopic, readTopic } from '../kafka/read-topic.ts'
import { declarationsTopic } from '../kafka/topic-specs.ts'

const reaction = z.object({
  on: z.string(),
  kind: z.enum(['event', 'timer', 'command']),
  topic: z.string().optional(),
  step: z.string(),
  direction: z.enum(['action', 'compensation']),
  emits: z.array(z.object({ type: z.string(), kind: z.enum(['event', 'timer']), rejects: z.boolean().optional() })),
  undoneBy: z.string().optional(),
  excludes: z.array(z.string()).optional(),
  withinMs: z.number().optional(),
  filtered: z.boolean().optional(),
})
/** What of a participant's declaration is of use to an operator; others may declare more. */
export const declaration = z.object({
  service: z.string(),
  topic: z.string().optional(),
  letterTopic: z.string(),
  final: z.array(z.string()).optional(),
  adminUrl: z.url({ protocol: /^https?$/ }).nullish(),
  reactions: z.array(reaction),
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
  const read = [...latest].map(([key, value]) => ({ key, parsed: declaration.safeParse(jsonOf(value)) }))
  return {
    declared: read.flatMap(({ parsed }) => (parsed.success ? [parsed.data] : [])),
    unread: read.flatMap(({ key, parsed }) => {
      if (parsed.success) return []
      const [issue] = parsed.error.issues
      return [{ service: key, why: `declares what is no declaration (${issue?.path.join('.')}: ${issue?.message})` }]
    }),
  }
}
export { NoSuchTopic }

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString())
  } catch {
    return undefined
  }
}
