/** Once PostgreSQL is up: a role and a database for each service, the console and the registry, and for each its way in. */
import { createDatabase } from '../../local/databases.ts'
import { serviceNames } from '../../shop/topics.ts'
import { derive, give, readPassword, settings } from './access.ts'

const adminUrl = `postgresql://postgres:${readPassword()}@postgres:5432/postgres`
const operators = { ADMIN_TOKEN: derive('admin listeners') }

for (const name of serviceNames)
  give(name, 'env', settings({ DATABASE_URL: await createDatabase(adminUrl, name), ...operators }))
give('saga', 'env', settings(operators))
const doors = { CONSOLE_READ_TOKEN: derive('console, to read'), CONSOLE_ACT_TOKEN: derive('console, to act') }
give(
  'console',
  'env',
  settings({
    ...{ DATABASE_URL: await createDatabase(adminUrl, 'console'), SESSION_KEY: derive('console, sessions') },
    ...{ ...operators, ...doors },
  }),
)
give('grafana', 'password', derive('grafana'))

const { host, pathname, username, password } = new URL(await createDatabase(adminUrl, 'registry'))
const datasource = {
  'apicurio.datasource.url': `jdbc:postgresql://${host}${pathname}`,
  'apicurio.datasource.username': username,
  'apicurio.datasource.password': password,
}
give('registry', 'application.properties', settings(datasource))
