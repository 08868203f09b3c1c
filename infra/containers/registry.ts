import { probeRegistry, registryEnvironment } from '../local/registry.ts'
import { type ContainerPart, containerPart, type PartOptions } from './container-part.ts'
import { images } from './images.ts'

/** @param o.database as the container reaches it */
export function registryContainer(o: PartOptions & { readonly port: number; readonly database: URL }): {
  readonly part: ContainerPart
  readonly url: string
} {
  const { network, port, database } = o
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  const options = {
    ...{ image: images.registry, network, alias: 'registry', publish: { [port]: 8080 } },
    environment: {
      ...registryEnvironment(database),
      JAVA_TOOL_OPTIONS: '-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
    },
  }
  return { url, part: containerPart('Apicurio Registry', o, options, () => probeRegistry(url)) }
}
