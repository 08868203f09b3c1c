/** What is to be sent to the database. Built before anything is sent, so that one that cannot be built leaves nothing half done. */
export interface Statement {
  /** Of a prepared statement: its text's own. */
  readonly name?: string
  readonly text: string
  readonly values: unknown[]
}
