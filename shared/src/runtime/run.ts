import type { Route } from '../http/routes.ts'
import type { Participant } from '../participant.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { startService } from './service.ts'

export { batchRoute } from '../http/batch-routes.ts'
export { commandRoute, queryRoute, type Reader, type Route } from '../http/routes.ts'
export { type Service, type ServiceOptions, startService } from './service.ts'

/** The main program of a participant: settings from the environment, an orderly end on SIGTERM and SIGINT. */
export const run = (
  participant: Participant<any, any>,
  o: { readonly routes?: readonly Route[]; readonly migrations?: URL },
): Promise<void> =>
  runUntilSignal(participant.service, () => startService(participant, { ...o, environment: process.env }))
