export interface DelayLine {
  push(data: Buffer, delayMs: number): void
}

/** Gives each piece on after its delay, but never before the one in front of it: a stream that loses its order is no stream. */
export function createDelayLine(give: (data: Buffer) => void): DelayLine {
  const line: { data: Buffer; dueMs: number }[] = []

  function giveDue(): void {
    while (line.length > 0 && line[0]!.dueMs <= performance.now()) give(line.shift()!.data)
    if (line.length > 0) setTimeout(giveDue, Math.max(1, line[0]!.dueMs - performance.now()))
  }
  return {
    push(data, delayMs) {
      if (delayMs === 0 && line.length === 0) return give(data)
      line.push({ data, dueMs: performance.now() + delayMs })
      if (line.length === 1) setTimeout(giveDue, delayMs)
    },
  }
}
