import { setTimeout as sleep } from 'node:timers/promises'
import type { Link } from '../ground/link.ts'
import type { Fault } from '../plan.ts'
import { type Battle, comes, type Inflict } from './battle.ts'

type LinkOf = (battle: Battle, fault: Fault) => Link
export const kafkaLink: LinkOf = ({ ground }, { instance }) => ground.instances[instance].kafka
export const databaseLink: LinkOf = ({ ground }, { instance }) => ground.instances[instance].database

export const cut =
  (linkOf: LinkOf): Inflict =>
  async (battle, fault) => {
    const link = linkOf(battle, fault)
    const open = await battle.openSagas()
    const before = link.made
    const count = link.cutAll()
    const again = await comes(() => link.made > before, 20_000)
    return { hadEffect: count > 0 && again, saw: `${count} connections cut, ${link.made - before} made anew`, open }
  }

export const delay =
  (linkOf: LinkOf): Inflict =>
  async (battle, fault) => {
    const link = linkOf(battle, fault)
    const open = await battle.openSagas()
    const before = link.delayed
    link.delay(fault.amount)
    await sleep(fault.lastsMs)
    link.heal()
    const count = link.delayed - before
    return { hadEffect: count > 0, saw: `${count} answers came ${fault.amount} ms late`, open }
  }

/** The client's own timeouts must find out: longer than any of them is waited for nothing. */
export const halfOpen =
  (linkOf: LinkOf): Inflict =>
  async (battle, fault) => {
    const link = linkOf(battle, fault)
    const open = await battle.openSagas()
    const [madeBefore, givenUpBefore] = [link.made, link.givenUp]
    link.hold()
    await sleep(fault.lastsMs)
    link.heal()
    const dead = link.halfOpen
    const noticed = await comes(() => dead > 0 && link.givenUp - givenUpBefore >= dead, 25_000)
    const [givenUp, made] = [link.givenUp - givenUpBefore, link.made - madeBefore]
    const all = noticed ? 'all' : String(givenUp)
    const saw = `${dead} connections half open, ${all} given up by the client, ${made} made anew`
    return { hadEffect: givenUp > 0 && made > 0, saw, open }
  }
