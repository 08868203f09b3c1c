/**
 * What an operator asked for was not done. The message says what was expected, what was found and what to do; the code is
 * for whoever has to say it by an exit code or a status.
 */
export class OperatingError extends Error {
  /**
   * `wrong-request`: it cannot be meant, or something is not set. `not-found`: there is no such letter, service or plan.
   * `unreachable`: a service or Kafka did not answer, so that asking again later may help.
   */
  readonly code: 'wrong-request' | 'not-found' | 'unreachable'
  constructor(code: OperatingError['code'], message: string) {
    super(message)
    this.name = 'OperatingError'
    this.code = code
  }
}
