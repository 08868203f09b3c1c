import { setTimeout as sleep } from 'node:timers/promises'
import { comes, type Inflict } from './battle.ts'
import { membersIn } from './groups.ts'

/** Leaves in order, is away for a while, and joins again: the partitions move twice. */
export const leaveAndJoin: Inflict = async (battle, { instance, service, lastsMs }) => {
  const { process } = battle.ground.instances[instance]
  const open = await battle.openSagas()
  const members = (count: number) => comes(async () => (await membersIn(battle, service)) === count, 15_000)
  await members(2)
  const code = await process.stop()
  const left = await members(1)
  await sleep(lastsMs)
  await process.start()
  const joined = await members(2)
  const how = code === 0 ? 'left in order' : 'had to be killed'
  return { hadEffect: left && joined, saw: `${how}, ${joined ? 'joined again' : 'not seen in the group again'}`, open }
}
