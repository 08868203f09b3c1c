/** node-postgres sends COMMIT as a simple query, a message by itself. */
const commit = Buffer.from('Q\0\0\0\x0bcommit\0')
const done = Buffer.from('C\0\0\0\x0bCOMMIT\0')

export const isCommit = (request: Buffer): boolean => request.includes(commit)
/** The command tag that says that it is done. */
export const saysCommitted = (answer: Buffer): boolean => answer.includes(done)
