/** 40P01: the transaction rolls back and runs again, and no try is counted (rule 3). */
export class Deadlock extends Error {}

/** The connection is gone: nobody knows, by this alone, whether what was sent last was done (rules 8 and 29). */
export class ConnectionLost extends Error {}

/** The database refuses what the transaction wants to write. */
export class Refused extends Error {
  /** SQLSTATE. */
  readonly code: string
  /** True for the key of a state table: somebody else created the row meanwhile (rule 4). */
  readonly isStateKey: boolean
  /** By this the core knows an error of the database. */
  readonly severity = 'ERROR'

  constructor(code: string, message: string, isStateKey = false) {
    super(message)
    this.code = code
    this.isStateKey = isStateKey
  }
}
