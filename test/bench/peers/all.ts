import { dbos } from './dbos/peer.ts'
import { naive } from './naive/peer.ts'
import type { Peer } from './peer.ts'
import { plainSql } from './plain-sql/peer.ts'
import { restate } from './restate/peer.ts'

const peers: readonly Peer[] = [naive, plainSql, dbos, restate]
export const peerNames = peers.map(({ name }) => name).join(', ')

/** @throws Error naming what there is */
export function peersOf(names: readonly string[]): Peer[] {
  return names.flatMap(name => {
    if (name === 'none') return []
    if (name === 'all') return peers
    const found = peers.find(peer => peer.name === name)
    if (!found) throw new Error(`there is no peer ${JSON.stringify(name)}; there are ${peerNames}`)
    return found
  })
}
