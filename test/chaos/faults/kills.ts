import { setTimeout as sleep } from 'node:timers/promises'
import type { Part } from '../../../infra/stack.ts'
import type { Battle, Inflict, Seen } from './battle.ts'

export const killService: Inflict = async ({ ground, openSagas }, { instance, lastsMs }) => {
  const { process } = ground.instances[instance]
  const open = await openSagas()
  await process.kill()
  await sleep(lastsMs)
  await process.start()
  return killed(open)
}

export const killBoth: Inflict = async ({ ground, openSagas }, { service, lastsMs }) => {
  const both = ground.of(service)
  const open = await openSagas()
  await Promise.all(both.map(({ process }) => process.kill()))
  await sleep(lastsMs)
  await Promise.all(both.map(({ process }) => process.start()))
  return killed(open)
}

export const killDatabase: Inflict = (battle, { lastsMs }) => killPart(battle, battle.ground.stack.database, lastsMs)
export const killBroker: Inflict = (battle, { lastsMs }) => killPart(battle, battle.ground.stack.broker, lastsMs)

async function killPart({ openSagas }: Battle, part: Part, lastsMs: number): Promise<Seen> {
  const open = await openSagas()
  await part.kill()
  await sleep(lastsMs)
  await part.restart()
  return killed(open)
}

/** `kill` has returned, so the process is gone. */
const killed = (open: number): Seen => ({ hadEffect: open > 0, saw: `gone with ${open} sagas open`, open })
