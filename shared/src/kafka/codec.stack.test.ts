import { randomUUID } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { SchemaRegistry as Client } from '@kafkajs/confluent-schema-registry'
import type { Schema } from 'avsc'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type Event, event } from '../messages.ts'
import { createCodec, subjectOf } from './codec.ts'
import { createRegistry, RegistryUnavailable } from './registry.ts'

const url = inject('registryUrl')
const topicPrefix = `${randomUUID()}.`
const registry = createRegistry({ url })

type TripBooked = Event<'TripBooked', { tripId: string; priceMinor: number }>
/** A version of TripBooked; the record's name is the test's own, so that tests do not share subjects. */
function tripBooked(test: string, ...more: object[]) {
  const avro = {
    type: 'record',
    name: `TripBooked${test}`,
    namespace: 'demo.trip',
    topic: 'trip.events.v1',
    fields: [{ name: 'tripId', type: 'string', sagaId: true }, { name: 'priceMinor', type: 'long' }, ...more],
  }
  return event<TripBooked>({
    avro: avro as object as Schema,
    fullName: `demo.trip.TripBooked${test}`,
    topic: 'trip.events.v1',
    sagaField: 'tripId',
  })
}
const SEATS = { name: 'seats', type: 'int', default: 1 }
const codecOf = (type: ReturnType<typeof tripBooked>, mode: 'register' | 'lookup' = 'register', at = registry) =>
  createCodec({ registry: at, mode, publishes: [type], reads: [type], topicPrefix })

test('what was registered is looked up, and events go from one to the other', async () => {
  const type = tripBooked('Once')
  const writer = codecOf(type)
  await writer.start()
  const reader = codecOf(type, 'lookup')
  await reader.start()

  const event = type({ tripId: 't-1', priceMinor: 1250 })
  const value = writer.encode(event, type)
  expect(reader.encode(event, type)).toEqual(value)
  await reader.prepare([value])
  expect(reader.decode(value)).toEqual({
    isRead: true,
    type,
    event: { ...event, type: 'TripBookedOnce', kind: 'event' },
  })
})

test('registering again, even by several instances at once, changes nothing', async () => {
  const type = tripBooked('Again')
  const values = await Promise.all(
    [1, 2, 3, 4, 5, 6].map(async () => {
      const codec = codecOf(type)
      await codec.start()
      return codec.encode(type({ tripId: 't-1', priceMinor: 1 }), type).toString('hex')
    }),
  )
  expect(new Set(values).size).toBe(1)
})

test('the subject is FULL_TRANSITIVE, and keeps our own attributes', async () => {
  const type = tripBooked('Level')
  await codecOf(type).start()
  const ask = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<any>
  const subject = subjectOf(type, topicPrefix)
  expect(await ask(`/config/${subject}`)).toEqual({ compatibilityLevel: 'FULL_TRANSITIVE' })
  expect(JSON.parse((await ask(`/subjects/${subject}/versions/1`)).schema)).toEqual(type.schema.avro)
})

test('rule 7 of what always holds: a schema that earlier versions cannot read stops the start', async () => {
  await codecOf(tripBooked('Broken')).start()
  await expect(codecOf(tripBooked('Broken', { name: 'seats', type: 'int' })).start()).rejects.toMatchObject({
    name: 'StartError',
    code: 'schema-incompatible',
    message: expect.stringContaining(`our schema of ${topicPrefix}trip.events.v1-demo.trip.TripBookedBroken`),
  })
})

test('compatibility is with all versions, not with the latest only', async () => {
  await codecOf(tripBooked('Transitive')).start()
  await codecOf(tripBooked('Transitive', SEATS)).start()
  // The second version can do without seats as a number; a text of that name it can not.
  await expect(
    codecOf(tripBooked('Transitive', { ...SEATS, type: 'string', default: '' })).start(),
  ).rejects.toMatchObject({ code: 'schema-incompatible' })
})

test('in production, a schema that was never registered stops the start', async () => {
  const unknown = {
    name: 'StartError',
    code: 'schema-unknown',
    message: expect.stringContaining('SCHEMA_MODE=register'),
  }
  await expect(codecOf(tripBooked('Unknown'), 'lookup').start()).rejects.toMatchObject(unknown)
  await codecOf(tripBooked('Unknown')).start()
  await codecOf(tripBooked('Unknown'), 'lookup').start()
  await expect(codecOf(tripBooked('Unknown', SEATS), 'lookup').start()).rejects.toMatchObject(unknown)
})

test('old and new instances read each other', async () => {
  const [oldType, newType] = [tripBooked('Mixed'), tripBooked('Mixed', SEATS)]
  const [older, newer] = [codecOf(oldType), codecOf(newType)]
  await older.start()
  await newer.start()
  const fromOld = older.encode(oldType({ tripId: 't-1', priceMinor: 1 }), oldType)
  const fromNew = newer.encode({ ...newType({ tripId: 't-2', priceMinor: 2 }), seats: 3 } as TripBooked, newType)
  await Promise.all([older.prepare([fromOld, fromNew]), newer.prepare([fromOld, fromNew])])
  expect(older.decode(fromNew)).toMatchObject({ event: { tripId: 't-2', priceMinor: 2 } })
  expect(older.decode(fromNew)).not.toMatchObject({ event: { seats: 3 } })
  expect(newer.decode(fromOld)).toMatchObject({ event: { tripId: 't-1', priceMinor: 1, seats: 1 } })
})

test('other clients of the registry read ours, and we read theirs', async () => {
  const type = tripBooked('Others')
  const codec = codecOf(type)
  await codec.start()
  const client = new Client({ host: url })
  const fields = { tripId: 't-1', priceMinor: 99 }
  expect({ ...(await client.decode(codec.encode(type(fields), type))) }).toEqual(fields)
  const theirs = await client.encode(await client.getLatestSchemaId(subjectOf(type, topicPrefix)), fields)
  await codec.prepare([theirs])
  expect(codec.decode(theirs)).toMatchObject({ isRead: true, event: fields })
})

test('rule 21: an id that the registry does not have is a permanent error', async () => {
  const codec = codecOf(tripBooked('Missing'))
  const value = Buffer.from([0, 0x7f, 0, 0, 0, 2, 65])
  await codec.prepare([value])
  expect(() => codec.decode(value)).toThrow(
    expect.objectContaining({ name: 'PermanentError', code: 'unknown-schema-id' }),
  )
})

test('rule 21: while the registry is away no value is at fault, and known schemas need no registry', async () => {
  const line = await lineTo(url)
  const type = tripBooked('Away')
  const known = codecOf(type, 'register', createRegistry({ url: line.url }))
  await known.start()
  const value = known.encode(type({ tripId: 't-1', priceMinor: 1 }), type)
  await known.prepare([value])
  const fresh = codecOf(type, 'lookup', createRegistry({ url: line.url }))

  line.cut()
  await expect(fresh.prepare([value])).rejects.toThrow(RegistryUnavailable)
  await expect(fresh.start()).rejects.toThrow(RegistryUnavailable)
  await known.prepare([value])
  expect(known.decode(value)).toMatchObject({ event: { tripId: 't-1' } })

  line.mend()
  await fresh.start()
  await fresh.prepare([value])
  expect(fresh.decode(value)).toMatchObject({ event: { tripId: 't-1' } })
})

/** A line to the registry that can be cut without stopping it for the other tests. */
async function lineTo(target: string) {
  const { hostname, port, pathname } = new URL(target)
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer(near => {
    if (isCut) return near.destroy()
    const far = connect(Number(port), hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.on('error', () => {}).on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  onTestFinished(() => {
    cut()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}${pathname}`,
    cut,
    mend: () => {
      isCut = false
    },
  }
}
