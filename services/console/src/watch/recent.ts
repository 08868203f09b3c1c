/** Asks at most once in `ms`, however many look: all who come meanwhile share the question that is under way, or its answer. */
export function recent<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined
  let askedAtMs = 0
  return () => {
    if (answer === undefined || performance.now() > askedAtMs + ms) {
      askedAtMs = performance.now()
      answer = ask()
      // Not a failure: whoever looks next asks anew.
      answer.catch(() => {
        answer = undefined
      })
    }
    return answer
  }
}
