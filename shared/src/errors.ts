/** Trying again cannot help: the message is a dead letter at once. `code` is stable; it is error_code in the saga log and on the letter. */
export class PermanentError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PermanentError'
    this.code = code
  }
}

/**
 * Thrown by the `call` of an effect that knows that nothing was begun: no connection, or one that was given up before it
 * asked for anything. The call costs no try and leaves no doubt; the effect waits until its target is back (rule 23).
 */
export class TargetUnreachable extends Error {
  readonly code = 'target-unreachable'
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TargetUnreachable'
  }
}

/** The definition or the configuration is wrong: the process must not start. `code` is stable. */
export class StartError extends Error {
  readonly code: string
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartError'
    this.code = code
  }
}
