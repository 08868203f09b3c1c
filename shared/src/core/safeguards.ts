/**
 * Each safeguard of the protocol can be switched off, so that its test can show the failure it prevents.
 * Only a constructor argument reaches these: no environment variable, no setting.
 */
export interface Safeguards {
  /** Rule 1: the sagas row is locked before anything of the saga is read. */
  readonly sagaLock: boolean
  /** Rule 3: rows are locked in one order, whatever the order of the messages. */
  readonly lockOrder: boolean
  /** Rule 4: a row that was absent at load is saved by INSERT only. */
  readonly plainInsert: boolean
  /** Rule 5: keys that a batch's own puts bring up wait for the next round. */
  readonly nextRound: boolean
  /** Rule 7: a batch that the database refuses is halved until the culprit stands alone. */
  readonly halving: boolean
  /** Rule 8: a COMMIT whose end is not known counts as none: nothing is published, and the batch comes again. */
  readonly commitAcknowledged: boolean
  /** Rules 9 and 10: a step that ended does not run again. */
  readonly fence: boolean
  /** Rule 9: `refused` blocks only the messages that it ended. */
  readonly refusedBlocksOnlyItself: boolean
  /** Rule 11: a message runs only as the try that it claims. */
  readonly claims: boolean
  /** Rule 12: a compensation without its action leaves a tombstone; one with a failed action closes it. */
  readonly emptyCompensation: boolean
  /** Rule 13: an action that comes after its compensation is blocked. */
  readonly lateActions: boolean
  /** Rule 16: messages behind an unfinished one of their saga are parked. */
  readonly parking: boolean
  /** Rule 17: after the last try a message is dead. */
  readonly attemptsLimit: boolean
  /** Rule 18: a letter is an outbox row of the transaction that writes its row. */
  readonly letterInTransaction: boolean
  /** Rule 19: an act is for one death of a message. */
  readonly deathsGuard: boolean
  /** Rule 20: what others may wait for is discarded by force only. */
  readonly discardNeedsForce: boolean
  /** Rule 21: what nobody can read becomes a letter. */
  readonly unreadableToLetter: boolean
  /** Rule 22: an event that its topic does not take fails its message before COMMIT. */
  readonly sizeCheck: boolean
  /** Rule 23: a call ends at its timeout. */
  readonly callTimeout: boolean
  /** Rule 23: a call that could not begin costs no try, and holds up those behind it. */
  readonly circuit: boolean
  /** Rule 24: an event behind an unacknowledged one of its saga is left to the sweeper. */
  readonly deferral: boolean
  /** Rule 24: first copies leave only within PUBLISH_WINDOW. */
  readonly publishWindow: boolean
  /** Rule 25: a producer whose send did not end in an acknowledgement is thrown away. */
  readonly producerThrownAway: boolean
  /** Rule 26: acknowledged rows whose deletion failed are deleted later. */
  readonly givenBack: boolean
  /** Rule 27: only the holder of the advisory lock sweeps. */
  readonly sweeperLock: boolean
  /** Rule 27: a sweeper to which nothing is acknowledged any more leaves the lock to another. */
  readonly sweeperGivesUp: boolean
  /** Rule 29: infrastructure trouble pauses and counts no try. */
  readonly pause: boolean
  /** Rule 30: firing deletes the timer's row in its own transaction; no row, no firing. */
  readonly timerFiresOnce: boolean
  /** Rule 31: a command that would act again is refused with no trace. */
  readonly commandFence: boolean
  /** Rule 32: the answer of an Idempotency-Key is given again. */
  readonly idempotencyKeys: boolean
  /** Rule 33: commands are turned away while the outbox is full. */
  readonly outboxLimit: boolean
  /** Rule 33: commands that begin sagas are turned away while others do not keep up with those begun. */
  readonly underWayLimit: boolean
  /** Rule 34: a saga with work left is not purged. */
  readonly purgeOnlyFinished: boolean
}

export const everySafeguard: Safeguards = {
  sagaLock: true,
  lockOrder: true,
  plainInsert: true,
  nextRound: true,
  halving: true,
  commitAcknowledged: true,
  fence: true,
  refusedBlocksOnlyItself: true,
  claims: true,
  emptyCompensation: true,
  lateActions: true,
  parking: true,
  attemptsLimit: true,
  letterInTransaction: true,
  deathsGuard: true,
  discardNeedsForce: true,
  unreadableToLetter: true,
  sizeCheck: true,
  callTimeout: true,
  circuit: true,
  deferral: true,
  publishWindow: true,
  producerThrownAway: true,
  givenBack: true,
  sweeperLock: true,
  sweeperGivesUp: true,
  pause: true,
  timerFiresOnce: true,
  commandFence: true,
  idempotencyKeys: true,
  outboxLimit: true,
  underWayLimit: true,
  purgeOnlyFinished: true,
}
