/** Why the stack did not start or do as it was told. The message is one line with the remedy; `tail` is what the part logged last. */
export type StackErrorCode =
  | 'data-version'
  | 'folder-in-use'
  | 'folder-unreachable'
  | 'java-missing'
  | 'java-too-old'
  | 'maven-failed'
  | 'maven-missing'
  | 'part-ended'
  | 'part-failed'
  | 'part-slow'
  | 'platform-unsupported'
  | 'port-in-use'
  | 'port-invalid'

export class StackError extends Error {
  override readonly name = 'StackError'
  readonly code: StackErrorCode

  constructor(code: StackErrorCode, line: string, tail = '') {
    super(tail === '' ? line : `${line}\n${tail}`)
    this.code = code
  }
}
