/** A schema or its versions are wrong: the message names the file, what was found and what to do. Shown as one line. */
export class SchemaError extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`)
    this.name = 'SchemaError'
  }
}
