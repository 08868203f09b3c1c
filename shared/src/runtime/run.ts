import type { Participant } from '../participant.ts'
import { runUntilSignal } from './run-until-signal.ts'
import { type ServiceOptions, startService } from './service.ts'

export { batchRoute } from '../http/batch-routes.ts'
export { commandRoute, queryRoute, type Reader, type Route } from '../http/routes.ts'
export { type Service, type ServiceOptions, startService } from './service.ts'

/** The main program of a participant: settings from the environment, an orderly end on SIGTERM and SIGINT. */
export const run = (
  participant: Participant<any, any>,
  o: Pick<ServiceOptions, 'routes' | 'version' | 'principalOf' | 'migrations'>,
): Promise<void> =>
  runUntilSignal(participant.service, () => startService(participant, { ...o, environment: process.env }))
