import { createKafka } from '../kafka/client.ts'
import { type Admin, AdminRefusal, createAdmin, Silence } from './admin.ts'
import { type Declarations, type Declared, NoSuchTopic, readDeclarations } from './declarations.ts'
import { OperatingError } from './operating-error.ts'
import type { Reach } from './reach.ts'
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
/** What should be told, though it goes on without it. */
export interface Noticed {
  readonly notices: readonly string[]
}

/**
 * Those that the topic of declarations names, or `admin` does. @param services only these; all when there are none
 * @throws OperatingError when nobody can be found, or one of `services` is not known
 */
export async function findParticipants(
  reach: Reach,
  services: readonly string[] = [],
): Promise<Participants & Noticed> {
  const declarations = await findDeclarations(reach)
  const participants = participantsOf(declarations, reach, services)
  const { admins, silent } = participants
  const nobody = `nobody has declared itself under the prefix ${JSON.stringify(reach.topicPrefix)}`
  const notices = admins.length + silent.length > 0 ? [] : [nobody]
  return { ...participants, notices: [...declarations.notices, ...notices] }
}

/** The same of declarations that have been read. @throws OperatingError when one of `services` is not known */
export function participantsOf(
  { declared, unread }: Declarations,
  reach: Omit<Reach, 'brokers' | 'topicPrefix'>,
  services: readonly string[] = [],
): Participants {
  const known = new Map<string, string | undefined>(declared.map(each => [each.service, each.adminUrl ?? undefined]))
  const why = new Map(unread.map(each => [each.service, each.why]))
  for (const service of why.keys()) known.set(service, undefined)
  for (const [service, url] of reach.admin) known.set(service, url)
  const unknown = services.find(service => !known.has(service))
  if (unknown !== undefined)
    throw new OperatingError(
      'not-found',
      `no service ${unknown} is declared; there are ${[...known.keys()].toSorted().join(', ') || 'none'}`,
    )

  const wanted = [...known].filter(([service]) => services.length === 0 || services.includes(service)).toSorted()
  const { token, operator, admin, settingNames } = reach
  const noAdmin = `declares no admin listener: set its ADMIN_PORT, or name it by ${settingNames.admin}`
  return {
    declared,
    admins: wanted.flatMap(([service, url]) =>
      url === undefined
        ? []
        : [
            createAdmin({
              ...{ service, url, token, operator },
              withheld: admin.has(service) ? undefined : withheldFrom(url, reach),
            }),
          ],
    ),
    silent: wanted.flatMap(([service, url]) =>
      url === undefined ? [{ service, why: why.get(service) ?? noAdmin }] : [],
    ),
  }
}

/** What the topic of declarations says; nothing when it cannot be read and services are named by `admin`. @throws OperatingError */
export async function findDeclarations({
  brokers,
  topicPrefix,
  admin,
  settingNames,
}: Reach): Promise<Declarations & Noticed> {
  const none: Declarations & Noticed = { declared: [], unread: [], notices: [] }
  if (brokers === undefined) {
    if (admin.size > 0) return none
    throw new OperatingError(
      'wrong-request',
      `no brokers are named: give --brokers or KAFKA_BROKERS, a key "saga" in package.json, or the services by ${settingNames.admin} name=url`,
    )
  }
  try {
    return { ...(await readDeclarations(createKafka({ clientId: 'saga', brokers }), topicPrefix)), notices: [] }
  } catch (error) {
    const isMissing = error instanceof NoSuchTopic
    const problem = isMissing
      ? `${error.message}: is the topic prefix right? (--topic-prefix, TOPIC_PREFIX)`
      : `Kafka does not answer at ${brokers.join(',')}: ${(error as Error).message}`
    if (admin.size === 0)
      throw isMissing
        ? new OperatingError('wrong-request', problem)
        : new OperatingError(
            'unreachable',
            `${problem}; services can be asked without it: ${settingNames.admin} name=url`,
          )
    return { ...none, notices: [`${problem}; only those named by ${settingNames.admin} are asked`] }
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
        if (!(error instanceof Silence || error instanceof AdminRefusal)) throw error
        silent.push({ service: admin.service, why: error.message })
        return []
      }
    }),
  )
  return { answers: answers.flat(), silent }
}
