/**
 * What follows from the error that the broker answers for a partition (org.apache.kafka.common.protocol.Errors):
 * - `repeat`: the same batch again, with its sequence number; whether it was appended is not known, or it was not
 * - `refuse`: these records, or one of them, will never be taken; the batch was not appended
 * - `end`: what the broker knows of this producer id is not what the producer thinks; nothing may be sent under it any more
 */
export type Consequence = 'repeat' | 'refuse' | 'end'

const known: Readonly<Record<Consequence, Readonly<Record<number, string>>>> = {
  repeat: {
    2: 'CORRUPT_MESSAGE',
    3: 'UNKNOWN_TOPIC_OR_PARTITION',
    5: 'LEADER_NOT_AVAILABLE',
    6: 'NOT_LEADER_OR_FOLLOWER',
    7: 'REQUEST_TIMED_OUT',
    13: 'NETWORK_EXCEPTION',
    19: 'NOT_ENOUGH_REPLICAS',
    20: 'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
    29: 'TOPIC_AUTHORIZATION_FAILED',
    31: 'CLUSTER_AUTHORIZATION_FAILED',
    56: 'KAFKA_STORAGE_ERROR',
    74: 'FENCED_LEADER_EPOCH',
    75: 'UNKNOWN_LEADER_EPOCH',
    89: 'THROTTLING_QUOTA_EXCEEDED',
  },
  refuse: {
    10: 'MESSAGE_TOO_LARGE',
    18: 'RECORD_LIST_TOO_LARGE',
    32: 'INVALID_TIMESTAMP',
    87: 'INVALID_RECORD',
  },
  end: {
    45: 'OUT_OF_ORDER_SEQUENCE_NUMBER',
    46: 'DUPLICATE_SEQUENCE_NUMBER',
    47: 'INVALID_PRODUCER_EPOCH',
    59: 'UNKNOWN_PRODUCER_ID',
    90: 'PRODUCER_FENCED',
  },
}

export function produceError(code: number): { readonly name: string; readonly consequence: Consequence } {
  for (const consequence of ['repeat', 'refuse', 'end'] as const) {
    const name = known[consequence][code]
    if (name) return { name, consequence }
  }
  return { name: `error ${code}`, consequence: 'end' }
}
