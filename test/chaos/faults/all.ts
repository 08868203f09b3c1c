import { type Fault, type FaultKind, instanceNames } from '../plan.ts'
import type { Inflict } from './battle.ts'
import { leaveAndJoin } from './instances.ts'
import { killBoth, killBroker, killDatabase, killService } from './kills.ts'
import { cut, databaseLink, delay, halfOpen, kafkaLink } from './links.ts'
import { loseCommit, loseCommitAnswer, loseProduceAnswer } from './lost-answers.ts'
import { expireService, pauseBroker, pauseDatabase, pauseService } from './pauses.ts'
import { publishCopies, resetOffsets } from './repeats.ts'

interface Infliction {
  readonly inflict: Inflict
  /** What nothing else may be done to meanwhile. */
  readonly holds: (fault: Fault) => readonly string[]
}

const instance = ({ instance }: Fault) => [instance]
const service = ({ service }: Fault) => instanceNames.filter(name => name.startsWith(`${service}-`))
const nothing = () => []

export const inflictions: Readonly<Record<FaultKind, Infliction>> = {
  'service-kill': { inflict: killService, holds: instance },
  'service-kill-both': { inflict: killBoth, holds: service },
  'service-pause': { inflict: pauseService, holds: instance },
  // The group is looked at: nobody else may come or go.
  'service-expiry': { inflict: expireService, holds: service },
  'instance-leave': { inflict: leaveAndJoin, holds: service },
  'database-kill': { inflict: killDatabase, holds: () => ['database'] },
  'database-pause': { inflict: pauseDatabase, holds: () => ['database'] },
  'broker-kill': { inflict: killBroker, holds: () => ['broker'] },
  'broker-pause': { inflict: pauseBroker, holds: () => ['broker'] },
  'kafka-cut': { inflict: cut(kafkaLink), holds: instance },
  'kafka-delay': { inflict: delay(kafkaLink), holds: instance },
  'kafka-half-open': { inflict: halfOpen(kafkaLink), holds: instance },
  'produce-answer-lost': { inflict: loseProduceAnswer, holds: instance },
  'database-cut': { inflict: cut(databaseLink), holds: instance },
  'database-delay': { inflict: delay(databaseLink), holds: instance },
  'database-half-open': { inflict: halfOpen(databaseLink), holds: instance },
  'commit-lost': { inflict: loseCommit, holds: instance },
  'commit-answer-lost': { inflict: loseCommitAnswer, holds: instance },
  copies: { inflict: publishCopies, holds: nothing },
  // The broker has to take the new offsets.
  'offsets-reset': { inflict: resetOffsets, holds: fault => [...service(fault), 'broker'] },
}
