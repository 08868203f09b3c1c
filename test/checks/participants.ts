import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Participant } from '../../shared/src/kit.ts'

/** The participants of all services, as their `src/participant.ts` export them: as a value, or as a function of their ports. */
export async function readParticipants(root: string): Promise<Participant[]> {
  const files = readdirSync(join(root, 'services'))
    .sort()
    .map(folder => join(root, 'services', folder, 'src/participant.ts'))
    .filter(file => existsSync(file))
  return Promise.all(
    files.map(async file => {
      const exported: unknown[] = Object.values(await import(pathToFileURL(file).href))
      // A port is only called by an effect, never while the table is built.
      const built = exported.map(value => (typeof value === 'function' ? value({}) : value))
      const participant = built.find(isParticipant)
      if (!participant) throw new Error(`${file} exports no participant`)
      return participant
    }),
  )
}

const isParticipant = (value: unknown): value is Participant =>
  typeof value === 'object' && value !== null && 'service' in value && 'reactions' in value
