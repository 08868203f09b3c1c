export interface UnderWayOptions {
  /** So many are no backlog, however slowly they are answered: a burst. */
  readonly burst: number
  readonly most: number
  /** How long a saga that begins now may have to wait for its answer, by what is answered a second. */
  readonly waitMs: number
  /** Monotonic. */
  readonly now?: () => number
}

interface Sample {
  readonly sagaId: string
  /** How many had begun with it. */
  readonly count: number
  readonly atMs: number
  isAnswered: boolean
}

/** Over which the answers a second are counted. */
const rateMs = 10_000
/** Nobody answers, so that nothing is known of how fast others are: not slow, but away. */
const silentMs = 30_000
/** What has no answer by now waits for none: its saga is stuck, and not in a queue. */
const stuckMs = 900_000
const betweenSamplesMs = 10
const mostSamples = 64

/**
 * How many of the sagas that commands have begun here are on their way through other services, and whether these keep up. As
 * the sender of a stream knows what is under way by what was acknowledged last, this knows it by a sample of what it has begun:
 * sagas pass through the same queues, so that those begun before an answered one are past them too, but for some that are stuck.
 */
export class UnderWay {
  readonly #o: UnderWayOptions
  readonly #clock: () => number
  /** In which nothing was under way: that says nothing of how fast others are, so such time does not count. */
  #restedMs = 0
  #restsSinceMs: number
  #begun = 0
  #passed = 0
  #samples: Sample[] = []
  #betweenMs = betweenSamplesMs
  /** By the clock, rests and all. */
  #answeredAtMs = Number.NEGATIVE_INFINITY
  /** When how many had passed, of the last while. */
  #passing: { readonly atMs: number; readonly count: number }[] = []

  constructor(o: UnderWayOptions) {
    this.#o = o
    this.#clock = o.now ?? (() => performance.now())
    this.#restsSinceMs = this.#clock()
  }

  /** Of one transaction. */
  begun(sagaIds: readonly string[]): void {
    if (sagaIds.length === 0) return
    if (this.count === 0) this.#restedMs += this.#clock() - this.#restsSinceMs
    this.#begun += sagaIds.length
    const atMs = this.#now()
    const last = this.#samples.at(-1)
    const sample = { sagaId: sagaIds.at(-1)!, count: this.#begun, atMs, isAnswered: false }
    // The newest saga is always a sample, or those begun last would be counted until others begin, which a shut door forbids.
    if (last && atMs < last.atMs + this.#betweenMs) {
      this.#samples[this.#samples.length - 1] = { ...sample, atMs: last.atMs }
      return
    }
    this.#samples.push(sample)
    if (this.#samples.length <= mostSamples) return
    // The longer they wait, the farther apart they may be; the number is odd, so that the newest stays.
    this.#samples = this.#samples.filter((_, i) => i % 2 === 0)
    this.#betweenMs *= 2
  }

  /** Sagas of which somebody has to find out whether they were answered. */
  get waiting(): string[] {
    return this.#samples.flatMap(({ sagaId, isAnswered }) => (isAnswered ? [] : [sagaId]))
  }

  answered(sagaIds: ReadonlySet<string>): void {
    if (this.count === 0) return
    const nowMs = this.#now()
    for (const sample of this.#samples) if (sagaIds.has(sample.sagaId)) sample.isAnswered = true
    const passed = passedOf(this.#samples)
    if (passed > 0) {
      this.#passed = this.#samples[passed - 1]!.count
      this.#passing.push({ atMs: nowMs, count: this.#passed })
      this.#answeredAtMs = this.#clock()
      this.#samples = this.#samples.slice(passed)
    }
    this.#forgetStuck(nowMs)
    if (this.count === 0) this.#restsSinceMs = this.#clock()
    if (this.#samples.length < mostSamples / 2) this.#betweenMs = betweenSamplesMs
    while (this.#passing.length > 2 && this.#passing[0]!.atMs < nowMs - rateMs) this.#passing.shift()
  }

  /** They are not counted any more, and that is no answer: it says nothing of how fast others are, nor that they are there. */
  #forgetStuck(nowMs: number): void {
    const stuck = this.#samples.filter(({ atMs }) => nowMs > atMs + stuckMs)
    if (stuck.length === 0) return
    const count = stuck.at(-1)!.count - this.#passed
    this.#passed += count
    this.#passing = this.#passing.map(passing => ({ ...passing, count: passing.count + count }))
    this.#samples = this.#samples.slice(stuck.length)
  }

  get count(): number {
    return this.#begun - this.#passed
  }

  get isFull(): boolean {
    return this.count >= this.#limit
  }

  /** Until there is room, by what is answered a second. */
  get retryAfterSeconds(): number {
    const surplus = this.count - this.#limit
    return Math.min(30, Math.max(1, Math.ceil(surplus / Math.max(1, this.#perSecond))))
  }

  #now(): number {
    return (this.count === 0 ? this.#restsSinceMs : this.#clock()) - this.#restedMs
  }

  get #limit(): number {
    const { most, burst, waitMs } = this.#o
    // Where nobody has answered yet it is not known how fast others are.
    if (this.#clock() - this.#answeredAtMs > silentMs) return most
    return Math.min(most, Math.max(burst, (this.#perSecond * waitMs) / 1_000))
  }

  get #perSecond(): number {
    const [first] = this.#passing
    return first ? (1_000 * (this.#passed - first.count)) / Math.max(1, this.#now() - first.atMs) : 0
  }
}

/**
 * Up to where most are answered, and behind which most are not: a few overtake (they are rejected early, or cancelled), a few
 * are stuck, and neither says where the queue stands.
 */
function passedOf(samples: readonly Sample[]): number {
  let [passed, best, balance] = [0, 0, 0]
  for (const [i, { isAnswered }] of samples.entries()) {
    balance += isAnswered ? 1 : -1
    if (balance <= best) continue
    best = balance
    passed = i + 1
  }
  return passed
}
