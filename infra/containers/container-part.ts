import type { StartedNetwork } from 'testcontainers'
import { type OwnedPart, partOf } from '../local/part.ts'
import { type ContainerOptions, createContainer } from './container.ts'

/** What the parts of a stack share. */
export interface PartOptions {
  readonly network: StartedNetwork
  readonly startLimitMs: number
  readonly report: (line: string) => void
}

/** What only a container can be told, since a process has no network of its own. */
export interface ContainerPart extends OwnedPart {
  /** No packet reaches it or leaves it: open connections go half open, new ones are refused by this machine. */
  cut(): Promise<void>
  mend(): Promise<void>
}

export function containerPart(
  name: string,
  { startLimitMs, report }: PartOptions,
  options: ContainerOptions,
  probe: () => Promise<void>,
): ContainerPart {
  const { launch, cut, mend } = createContainer(options)
  return { ...partOf({ name, launch, probe, startLimitMs, report }), cut, mend }
}
