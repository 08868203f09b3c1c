import { once } from 'node:events'
import { connect } from 'node:net'
import { int16, int32, type RawRecord, recordBatch } from './record-batch.ts'

export interface RawProducer {
  /** One batch in one partition, acks=all. Gives the offset of its first record. */
  send(topic: string, partition: number, records: readonly RawRecord[]): Promise<number>
  end(): void
}

/**
 * A producer of our own on a socket of our own, so that the client under test does not judge what it will have to read.
 * One request at a time, Produce version 3. https://kafka.apache.org/protocol#The_Messages_Produce
 * @param address host:port of the one broker, which leads everything
 */
export async function rawProducer(address: string): Promise<RawProducer> {
  const [host, port] = address.split(':') as [string, string]
  const socket = connect(Number(port), host)
  await once(socket, 'connect')
  let correlation = 0
  let last: Promise<unknown> = Promise.resolve()

  async function ask(request: Buffer): Promise<Buffer> {
    socket.write(Buffer.concat([int32(request.length), request]))
    let answer = Buffer.alloc(0)
    while (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) {
      const [chunk] = (await once(socket, 'data')) as [Buffer]
      answer = Buffer.concat([answer, chunk])
    }
    return answer.subarray(4)
  }

  async function send(topic: string, partition: number, records: readonly RawRecord[]): Promise<number> {
    const batch = recordBatch(records, Date.now())
    const produce = 0
    const head = [int16(produce), int16(3), int32(++correlation), string('raw')]
    const body = [int16(-1), int16(-1), int32(30_000), int32(1), string(topic), int32(1), int32(partition)]
    const answer = await ask(Buffer.concat([...head, ...body, int32(batch.length), batch]))
    // correlation, one topic with its name, one partition with its number; then what we want to know.
    const at = 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4
    const error = answer.readInt16BE(at)
    if (error !== 0) throw new Error(`the broker refuses ${records.length} records of ${batch.length} bytes: ${error}`)
    return Number(answer.readBigInt64BE(at + 2))
  }

  return {
    send(...arguments_) {
      const sent = last.then(() => send(...arguments_))
      last = sent.catch(() => undefined)
      return sent
    },
    end: () => void socket.destroy(),
  }
}

const string = (text: string) => Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)])
