import { AdminRefusal, OperatingError, Silence } from 'saga-kit/operating'
import { ownProblem, Problem } from 'saga-kit/parts'

/** What operators' code says to a person, as it is said to a page. */
export async function orProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asProblem(error)
  }
}

function asProblem(error: unknown): unknown {
  if (error instanceof Silence) return ownerSilent(error.message)
  if (error instanceof AdminRefusal) return ownProblem(502, 'Bad Gateway', 'owner-refuses', error.message)
  if (!(error instanceof OperatingError)) return error
  switch (error.code) {
    case 'unreachable':
      return ownerSilent(error.message)
    case 'not-found':
      return ownProblem(404, 'Not Found', 'not-found', error.message)
    case 'wrong-request':
      return ownProblem(409, 'Conflict', 'not-possible', error.message)
  }
}

/** A service that has to be asked does not answer: again later. */
export const ownerSilent = (detail: string) =>
  new Problem({
    ...{ status: 503, title: 'Service Unavailable', type: 'about:blank', code: 'owner-silent', detail },
    retryAfterSeconds: 5,
  })
