import { type Child, startChild } from './child.ts'
import { createDatabase } from './databases.ts'
import { javaArguments } from './java-arguments.ts'
import { createPart, type OwnedPart } from './part.ts'
import { requireFullTransitive } from './registry-rule.ts'

export interface RegistryOptions {
  readonly java: string
  readonly jar: string
  readonly dataFolder: string
  readonly port: number
  readonly adminUrl: string
  readonly startLimitMs: number
  readonly report: (line: string) => void
}

export interface Registry {
  readonly part: OwnedPart
  readonly url: string
}

export function prepareRegistry(options: RegistryOptions): Registry {
  const { java, jar, dataFolder, port, adminUrl, startLimitMs, report } = options
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`

  async function launch(): Promise<Child> {
    const database = new URL(await createDatabase(adminUrl, 'registry'))
    const env = {
      ...registryEnvironment(database),
      QUARKUS_HTTP_HOST: '127.0.0.1',
      QUARKUS_HTTP_PORT: String(port),
    }
    // It does little, and little of it often: C1 starts it sooner and leaves the cores to the others.
    const args = [...javaArguments(dataFolder, 256), '-XX:TieredStopAtLevel=1', '-jar', jar]
    return startChild({ name: 'registry', folder: dataFolder, command: java, args, env, endSignal: 'SIGTERM' })
  }

  return {
    url,
    part: createPart({ name: 'Apicurio Registry', launch, probe: () => probeRegistry(url), startLimitMs, report }),
  }
}

export const registryEnvironment = (database: URL): Record<string, string> => ({
  APICURIO_STORAGE_KIND: 'sql',
  APICURIO_STORAGE_SQL_KIND: 'postgresql',
  APICURIO_DATASOURCE_URL: `jdbc:postgresql://${database.host}${database.pathname}`,
  APICURIO_DATASOURCE_USERNAME: database.username,
  APICURIO_DATASOURCE_PASSWORD: database.password,
  APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '2',
  APICURIO_DATASOURCE_JDBC_MIN_SIZE: '2',
  APICURIO_DATASOURCE_JDBC_MAX_SIZE: '10',
  // Else every connection of its pool fails once after the database was restarted.
  QUARKUS_DATASOURCE_POSTGRESQL_JDBC_VALIDATE_ON_BORROW: 'true',
})

export async function probeRegistry(url: string): Promise<void> {
  const response = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5_000) })
  const body = await response.text()
  if (!response.ok) throw new Error(`GET ${url}/subjects: ${response.status} ${body}`)
  await requireFullTransitive(url)
}
