import { type Address, authorization, RegistryUnavailable } from './registry-request.ts'

/**
 * Registering a subject's first version is two requests, and whoever makes them may end between them: then the version is
 * there without its level, and every later start would be refused. While ours is the only version, setting the level
 * lets nothing in that it would have kept out.
 * @returns the id of our schema, or undefined when the subject is not in that state: then its level is somebody's decision
 * @throws RegistryUnavailable
 */
export async function finishRegistration(
  address: Address,
  timeoutMs: number,
  o: { readonly subject: string; readonly schema: string; readonly level: string },
): Promise<number | undefined> {
  const subject = encodeURIComponent(o.subject)
  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> => {
    try {
      const response = await fetch(address.host + path, {
        ...{ method, signal: AbortSignal.timeout(timeoutMs) },
        headers: { 'content-type': 'application/vnd.schemaregistry.v1+json', ...authorization(address) },
        ...(body && { body: JSON.stringify(body) }),
      })
      if (response.status < 500) return response.ok ? await response.json() : undefined
      throw new Error(`it answers ${response.status}`)
    } catch (cause) {
      // No answer is not the answer that the level is somebody's: the start would end for a registry that is slow.
      throw new RegistryUnavailable(`the schema registry at ${address.host} cannot be asked for ${o.subject}`, {
        cause,
      })
    }
  }
  const versions = await ask('GET', `/subjects/${subject}/versions`)
  if (!Array.isArray(versions) || versions.length !== 1) return undefined
  const ours = (await ask('POST', `/subjects/${subject}`, { schema: o.schema })) as { id?: unknown } | undefined
  if (typeof ours?.id !== 'number') return undefined
  // Of two instances that do this at once, one may be told that the level is there already.
  await ask('PUT', `/config/${subject}`, { compatibility: o.level })
  const config = (await ask('GET', `/config/${subject}`)) as { compatibilityLevel?: unknown } | undefined
  return config?.compatibilityLevel === o.level ? ours.id : undefined
}
