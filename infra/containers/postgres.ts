import { randomBytes } from 'node:crypto'
import { probePostgres } from '../local/postgres-probe.ts'
import { initdbArguments, postgresSettings } from '../local/postgres-settings.ts'
import { type ContainerPart, containerPart, type PartOptions } from './container-part.ts'
import { images } from './images.ts'

/** @param o.dataFolder of this machine, for data that is not to be the container's own */
export function postgresContainer(o: PartOptions & { readonly port: number; readonly dataFolder?: string }): {
  readonly part: ContainerPart
  /** Of the superuser. */
  readonly url: string
} {
  const { network, port, dataFolder } = o
  const password = randomBytes(24).toString('base64url')
  const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`
  const options = {
    ...{ image: images.postgres, network, alias: 'postgres', publish: { [port]: 5432 } },
    environment: { POSTGRES_PASSWORD: password, POSTGRES_INITDB_ARGS: initdbArguments.join(' ') },
    command: ['postgres', ...Object.entries(postgresSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    ...(dataFolder && { mounts: { [dataFolder]: '/var/lib/postgresql' } }),
  }
  return { url, part: containerPart('PostgreSQL', o, options, () => probePostgres(url)) }
}
