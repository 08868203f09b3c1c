/** Every subject's compatibility rule unless it has one of its own; a new registry has none. */
export async function requireFullTransitive(registryUrl: string): Promise<void> {
  const url = `${registryUrl}/config`
  const response = await fetch(url, {
    method: 'PUT',
    body: JSON.stringify({ compatibility: 'FULL_TRANSITIVE' }),
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    signal: AbortSignal.timeout(5_000),
  })
  const body = await response.text()
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${body}`)
}
