import type { ServiceName } from '../../infra/shop/topics.ts'
import { balance } from '../../services/balance/src/participant.ts'
import { inventory } from '../../services/inventory/src/participant.ts'
import { notification } from '../../services/notification/src/participant.ts'
import { order } from '../../services/order/src/participant.ts'
import type { Participant } from '../../shared/src/participant.ts'

/** The declarations of the shop's four services. */
export const participants: Readonly<Record<ServiceName, Participant<any, any>>> = {
  ...{ order, inventory, balance },
  notification: notification(),
}
