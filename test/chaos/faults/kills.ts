import { setTimeout as sleep } from 'node:timers/promises'
import type { Part } from '../../../infra/stack.ts'
import type { Fault } from '../plan.ts'
import type { Battle, Inflict, Seen } from './battle.ts'

export const killService: Inflict = async (battle, fault) => {
  const { instance, lastsMs } = fault
  const { process } = battle.ground.instances[instance]
  const open = await inABurst(battle, fault)
  await process.kill()
  await sleep(lastsMs)
  await process.start()
  return killed(open)
}

export const killBoth: Inflict = async (battle, fault) => {
  const { service, lastsMs } = fault
  const both = battle.ground.of(service)
  const open = await inABurst(battle, fault)
  await Promise.all(both.map(({ process }) => process.kill()))
  await sleep(lastsMs)
  await Promise.all(both.map(({ process }) => process.start()))
  return killed(open)
}

export const killDatabase: Inflict = (battle, fault) => killPart(battle, fault, battle.ground.stack.database)
export const killBroker: Inflict = (battle, fault) => killPart(battle, fault, battle.ground.stack.broker)

async function killPart(battle: Battle, fault: Fault, part: Part): Promise<Seen> {
  const open = await inABurst(battle, fault)
  await part.kill()
  await sleep(fault.lastsMs)
  await part.restart()
  return killed(open)
}

/** Transactions of some hundred messages are then under way. Gives the number of open sagas. */
async function inABurst({ burst, openSagas }: Battle, { amount }: Fault): Promise<number> {
  burst()
  await sleep(amount)
  return openSagas()
}

/** `kill` has returned, so the process is gone. */
const killed = (open: number): Seen => ({ hadEffect: open > 0, saw: `gone with ${open} sagas open`, open })
