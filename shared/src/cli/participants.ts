import { createKafka } from '../kafka/client.ts'
import { type Admin, createAdmin, Refusal, Silence } from './admin.ts'
import type { Context } from './context.ts'
import { type Declarations, type Declared, NoSuchTopic, readDeclarations } from './declarations.ts'
import { exit, Failure, wrongUsage } from './exit.ts'
import { withheldFrom } from './token.ts'

/** A participant that could not be asked; never left out silently. */
export interface Silent {
  readonly service: string
  readonly why: string
}
export interface Participants {
  readonly admins: readonly Admin[]
  readonly declared: readonly Declared[]
  /** Declared, with no admin listener that can be asked. */
  readonly silent: readonly Silent[]
}

/**
 * Those that the topic of declarations names, or --admin does. @param services only these; all when there are none
 * @throws Failure when nobody can be found, or one of `services` is not known
 */
export async function findParticipants(context: Context, services: readonly string[] = []): Promise<Participants> {
  const { settings, terminal } = context
  const { declared, unread } = await findDeclarations(context)
  const known = new Map<string, string | undefined>(declared.map(each => [each.service, each.adminUrl ?? undefined]))
  const why = new Map(unread.map(each => [each.service, each.why]))
  for (const service of why.keys()) known.set(service, undefined)
  for (const [service, url] of settings.admin) known.set(service, url)
  const unknown = services.find(service => !known.has(service))
  if (unknown !== undefined)
    throw wrongUsage(
      `no service ${unknown} is declared; there are ${[...known.keys()].toSorted().join(', ') || 'none'}`,
    )

  const wanted = [...known].filter(([service]) => services.length === 0 || services.includes(service)).toSorted()
  if (wanted.length === 0)
    terminal.err(`nobody has declared itself under the prefix ${JSON.stringify(settings.topicPrefix)}`)
  const { token, operator, admin, tokenToDeclared } = settings
  const noAdmin = 'declares no admin listener: set its ADMIN_PORT, or name it by --admin'
  return {
    declared,
    admins: wanted.flatMap(([service, url]) =>
      url === undefined
        ? []
        : [
            createAdmin({
              ...{ service, url, token, operator },
              withheld: admin.has(service) ? undefined : withheldFrom(url, tokenToDeclared),
            }),
          ],
    ),
    silent: wanted.flatMap(([service, url]) =>
      url === undefined ? [{ service, why: why.get(service) ?? noAdmin }] : [],
    ),
  }
}

/** What the topic of declarations says; nothing when it cannot be read and services are named by --admin. @throws Failure */
export async function findDeclarations({ settings, terminal }: Context): Promise<Declarations> {
  const { brokers, topicPrefix, admin } = settings
  const none: Declarations = { declared: [], unread: [] }
  if (brokers === undefined) {
    if (admin.size > 0) return none
    throw wrongUsage(
      'no brokers are named: give --brokers or KAFKA_BROKERS, a key "saga" in package.json, or the services by --admin name=url',
    )
  }
  try {
    return await readDeclarations(createKafka({ clientId: 'saga', brokers }), topicPrefix)
  } catch (error) {
    const isMissing = error instanceof NoSuchTopic
    const problem = isMissing
      ? `${error.message}: is the topic prefix right? (--topic-prefix, TOPIC_PREFIX)`
      : `Kafka does not answer at ${brokers.join(',')}: ${(error as Error).message}`
    if (admin.size === 0)
      throw isMissing
        ? wrongUsage(problem)
        : new Failure(exit.unreachable, `${problem}; services can be asked without it: --admin name=url`)
    terminal.err(`${problem}; only those named by --admin are asked`)
    return none
  }
}

/** Asks all at once; who does not answer is named instead. */
export async function askAll<T>(
  admins: readonly Admin[],
  ask: (admin: Admin) => Promise<T>,
): Promise<{ answers: { service: string; answer: T }[]; silent: Silent[] }> {
  const silent: Silent[] = []
  const answers = await Promise.all(
    admins.map(async admin => {
      try {
        return [{ service: admin.service, answer: await ask(admin) }]
      } catch (error) {
        if (!(error instanceof Silence || error instanceof Refusal)) throw error
        silent.push({ service: admin.service, why: error.message })
        return []
      }
    }),
  )
  return { answers: answers.flat(), silent }
}

export function tellSilent({ terminal }: Context, silent: readonly Silent[], missing: string): void {
  for (const { service, why } of silent) terminal.err(`${service} ${why}; ${missing}`)
}
