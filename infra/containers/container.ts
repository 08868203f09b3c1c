/** A program in a container: started by testcontainers, then killed, paused and cut off through the Docker daemon. */
import { setTimeout as sleep } from 'node:timers/promises'
import { GenericContainer, getContainerRuntimeClient, type StartedNetwork, Wait } from 'testcontainers'
import type { Running } from '../local/part.ts'

export interface ContainerOptions {
  readonly image: string
  readonly network: StartedNetwork
  /** Its name in the network. */
  readonly alias: string
  /** Ports of this machine's loopback, and what they lead to in the container. */
  readonly publish: Readonly<Record<number, number>>
  readonly environment: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  /** Path in the container to content. */
  readonly files?: Readonly<Record<string, string>>
  /** Folder of this machine to path in the container. */
  readonly mounts?: Readonly<Record<string, string>>
}

export interface Container {
  /** Starts it, or starts it again on its data. */
  launch(): Promise<Running>
  cut(): Promise<void>
  mend(): Promise<void>
}

const stopLimitSeconds = 15
const logLines = 20

export function createContainer(o: ContainerOptions): Container {
  let id: string | undefined

  async function create(): Promise<void> {
    const container = new OwnContainer(o.image, o.network.getId(), o.alias)
      .withExposedPorts(...Object.entries(o.publish).map(([host, container]) => ({ host: Number(host), container })))
      .withEnvironment(o.environment)
      .withCopyContentToContainer(Object.entries(o.files ?? {}).map(([target, content]) => ({ target, content })))
      .withBindMounts(Object.entries(o.mounts ?? {}).map(([source, target]) => ({ source, target })))
      // The part's own probe asks it in earnest.
      .withWaitStrategy(Wait.forAll([]))
    if (o.command) container.withCommand([...o.command])
    id = (await container.start()).getId()
  }

  return {
    async launch() {
      if (id === undefined) await create()
      else await ignoring(alreadySo, (await dockerContainer(id)).start())
      return running(id!)
    },
    async cut() {
      const { network } = await getContainerRuntimeClient()
      await network.getById(o.network.getId()).disconnect({ Container: id! })
    },
    async mend() {
      const { network } = await getContainerRuntimeClient()
      await network.getById(o.network.getId()).connect({ Container: id!, EndpointConfig: { Aliases: [o.alias] } })
    },
  }
}

/**
 * Testcontainers publishes ports on all addresses of the machine, and leaves a container that has an alias in the default
 * network too, by which it could still be reached when it is cut off from its own.
 */
class OwnContainer extends GenericContainer {
  readonly #network: string
  readonly #alias: string

  constructor(image: string, network: string, alias: string) {
    super(image)
    this.#network = network
    this.#alias = alias
    this.withNetworkMode(network)
  }

  protected override async beforeContainerCreated(): Promise<void> {
    this.createOpts.NetworkingConfig = { EndpointsConfig: { [this.#network]: { Aliases: [this.#alias] } } }
    const bindings: Record<string, { HostIp?: string }[]> = this.hostConfig.PortBindings ?? {}
    for (const binding of Object.values(bindings).flat()) binding.HostIp = '127.0.0.1'
  }
}

const dockerContainer = async (id: string) => (await getContainerRuntimeClient()).container.getById(id)

async function running(id: string): Promise<Running> {
  const container = await dockerContainer(id)
  let ended: string | undefined
  const end = container.wait().then(
    ({ StatusCode }: { StatusCode: number }) => `exit code ${StatusCode}`,
    (error: Error) => `removed: ${error.message}`,
  )
  void end.then(how => {
    ended = how
  })
  return {
    ended: () => ended,
    end,
    async logTail() {
      await sleep(100) // the daemon writes what it was told last
      return textOf(await container.logs({ stdout: true, stderr: true, tail: logLines }))
    },
    kill: () => ignoring(alreadySo, container.kill()),
    pause: () => ignoring(alreadySo, container.pause()),
    resume: () => ignoring(alreadySo, container.unpause()),
    stop: () => ignoring(alreadySo, container.stop({ t: stopLimitSeconds })),
    discard: () => ignoring(alreadySo, container.remove({ force: true, v: true })),
  }
}

/** The daemon puts 8 bytes before each piece; the last four are its length. */
function textOf(log: Buffer): string {
  const pieces: Buffer[] = []
  for (let at = 0; at + 8 <= log.length; ) {
    const end = at + 8 + log.readUInt32BE(at + 4)
    pieces.push(log.subarray(at + 8, end))
    at = end
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** Not modified, gone, or in conflict with how it is: what was asked for is so, or its time is over. */
const alreadySo = [304, 404, 409]

async function ignoring(codes: readonly number[], doing: Promise<unknown>): Promise<void> {
  await doing.catch((error: { statusCode?: number }) => {
    if (!codes.includes(error.statusCode ?? 0)) throw error
  })
}
