import { CorruptBatch } from './records/cursor.ts'
import { decodeFetch, fetchVersion, type Left } from './records/decode-fetch.ts'

const fetchKey = 1

/**
 * src/network/connection: `send` decodes the answer by what the request has brought along. The answers to Fetch are decoded by
 * records/decode-fetch.ts instead, for clients whose socketFactory says so. kafkajs' own (src/protocol/recordBatch) makes an object
 * a field, reads headers that nobody asks for, reckons with Long, and looks at no checksum.
 */
export function mendFetch(require: NodeJS.Require): void {
  const Connection: { prototype: any } = require('kafkajs/src/network/connection')
  const { send } = Connection.prototype
  const left = leftTo(require)
  const decode = (payload: Buffer) => decodeFetch(payload, left)
  Connection.prototype.send = function (this: any, sent: any): Promise<unknown> {
    const { apiKey, apiVersion } = sent.request
    const isOurs = apiKey === fetchKey && apiVersion === fetchVersion && this.socketFactory.recordCodec === 'own'
    return send.call(this, isOurs ? { ...sent, response: { ...sent.response, decode } } : sent)
  }
}

/** What decode-fetch.ts leaves to kafkajs, whose codecs are those that anybody may have registered with it. */
export function leftTo(require: NodeJS.Require): Left<unknown> {
  const Decoder = require('kafkajs/src/protocol/decoder')
  const decodeMessageSet = require('kafkajs/src/protocol/messageSet/decoder')
  const { lookupCodec } = require('kafkajs/src/protocol/message/compression')
  return {
    async unpack(compression, packed) {
      const codec = lookupCodec(compression)
      if (!codec) throw new CorruptBatch(`nobody knows its compression ${compression}`)
      return codec.decompress(packed).catch((error: Error) => {
        throw new CorruptBatch(`unpacking failed: ${error.message}`, { cause: error })
      })
    },
    oldMessages: messageSet => decodeMessageSet(new Decoder(messageSet), messageSet.length),
  }
}
