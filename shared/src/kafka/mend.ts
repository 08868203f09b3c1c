import { StartError } from '../errors.ts'

/** What is patched below was read in this version's source; another one must be read again. */
export function assertKafkajsVersion(version: string): void {
  if (version !== '2.2.4')
    throw new StartError(
      'kafkajs-version',
      `kafkajs ${version} is installed; the kit mends internals of kafkajs 2.2.4: install that version, or check mend.ts, mend-fetch.ts and send-frame.ts in shared/src/kafka against the new source`,
    )
}

/**
 * src/network/requestQueue: `scheduleCheckPendingRequests` arms a timer even when nothing is pending, with a delay of
 * `throttledUntil - now`, which is negative: Node makes 1 ms of it and warns (TimeoutNegativeWarning), the timer arms the next
 * one, and an idle connection wakes the process about 890 times a second. Armed here only while something is pending.
 *
 * `scheduleRequestTimeoutCheck` rejects a request that got no answer, but leaves the connection as it is; on a half-open one
 * every repeat then dies of the same timeout. As in the Java client (NetworkClient.handleTimedOutRequests) the connection goes.
 * It looks ten times a second, on each connection; a tenth of the timeout is soon enough.
 */
export function mendRequestQueue(RequestQueue: { prototype: any }): void {
  RequestQueue.prototype.scheduleCheckPendingRequests = function (this: any) {
    if (this.throttleCheckTimeoutId || this.pending.length === 0) return
    const throttledMs = this.throttledUntil - Date.now()
    this.throttleCheckTimeoutId = setTimeout(
      () => {
        this.throttleCheckTimeoutId = null
        this.checkPendingRequests()
      },
      throttledMs > 0 ? throttledMs : 10,
    )
  }

  RequestQueue.prototype.scheduleRequestTimeoutCheck = function (this: any) {
    if (!this.enforceRequestTimeout) return
    this.destroy()
    this.requestTimeoutIntervalId = setInterval(
      () => {
        const late = [...this.inflight.values()].filter(request => Date.now() - request.sentAt > request.requestTimeout)
        for (const request of late) request.timeoutRequest()
        if (late.length > 0)
          this.abandonConnection?.(`no answer to ${late[0].entry.apiName} in ${late[0].requestTimeout} ms`)
        if (!this.isConnected()) this.destroy()
      },
      Math.min(this.requestTimeout / 10, 1_000),
    )
  }
}

/**
 * src/consumer/consumerGroup: every `run` joins as a new member. After a crash while the broker was away the old member is still
 * in the group, and the new one waits until its session has expired. Our assigner brings the id that it had (assigner.ts); if the
 * group knows it no more, kafkajs joins without one (`joinAndSync`, UNKNOWN_MEMBER_ID).
 *
 * A member that the group has forgotten has its id taken away and joins again (src/consumer/runner.js). If that fails at once,
 * as while a coordinator loads its groups, the runner fetches on, and `heartbeat` says nothing, having no id: its partitions
 * are handled without a membership for ever, and no offset is taken. Here the heartbeat says what the broker would.
 */
export function mendConsumerGroup(ConsumerGroup: { prototype: any }): void {
  const { connect, heartbeat } = ConsumerGroup.prototype
  ConsumerGroup.prototype.connect = function (this: any): Promise<void> {
    this.memberId ??= this.assigners[0].memberId?.() ?? null
    return connect.call(this)
  }
  ConsumerGroup.prototype.heartbeat = async function (this: any, o: object): Promise<void> {
    if (this.memberId === null)
      throw Object.assign(new Error('not a member of the group any more'), { type: 'UNKNOWN_MEMBER_ID' })
    await heartbeat.call(this, o)
  }
}

/**
 * src/network/connection: two callers that find the connection closed both connect (`connectionPool.getConnection` takes no
 * lock). The socket that loses stays open, and when the broker ends it, `onEnd` rejects the requests of the one in use.
 */
export function mendConnection(Connection: { prototype: any }): void {
  const connect = Connection.prototype.connect
  Connection.prototype.connect = function (this: any): Promise<boolean> {
    this.requestQueue.abandonConnection = (reason: string) => this.socket.destroy(new Error(reason))
    this.connecting ??= connect.call(this).finally(() => {
      this.connecting = undefined
    })
    return this.connecting
  }
}

/**
 * src/protocol/recordBatch/record/v0/decoder folds a record's headers into one object, which it copies for each of them: 8,000
 * headers keep the process for 10 s, and the 80,000 that fit into a record for a quarter of an hour, without a heartbeat. It
 * also takes what every object inherits for an earlier header of that name: `constructor` comes as [Function, value].
 * Headers are all that it reads by `readVarIntArray`, so that the fold of that array can be replaced.
 */
export function mendDecoder(Decoder: { prototype: any }): void {
  const read = Decoder.prototype.readVarIntArray
  Decoder.prototype.readVarIntArray = function (this: any, reader: unknown): unknown {
    const headers: Header[] = read.call(this, reader)
    return Object.assign(headers, { reduce: () => byName(headers) })
  }
}
interface Header {
  readonly key: string
  readonly value: Buffer | null
}

/** A repeated header is an array, as kafkajs gives it. Not by assignment, which takes __proto__ for the object's prototype. */
function byName(headers: readonly Header[]): object {
  const values = new Map<string, (Buffer | null)[]>()
  for (const { key, value } of headers) {
    const found = values.get(key)
    if (found) found.push(value)
    else values.set(key, [value])
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]))
}
