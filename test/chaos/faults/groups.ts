import type { ServiceName } from '../../../infra/shop/topics.ts'
import { membersOf } from '../../e2e/group.ts'
import type { Battle } from './battle.ts'

/** Members of a service's group, as the broker counts them; undefined while it does not answer. */
export const membersIn = ({ ground }: Battle, service: ServiceName): Promise<number | undefined> =>
  membersOf({ ground: ground.stack, topicPrefix: '' }, service).catch(() => undefined)
