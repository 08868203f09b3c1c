import { probeKafka } from '../local/kafka-probe.ts'
import { type ForwardedListener, kafkaProperties } from '../local/kafka-properties.ts'
import { type ContainerPart, containerPart, type PartOptions } from './container-part.ts'
import { images } from './images.ts'

const controllerPort = 9093

/**
 * The settings are those of the process on this machine. Not by testcontainers' module for Kafka, which starts the images
 * of Confluent only. It listens on the ports that its clients are told, which are the same inside and outside.
 */
export function kafkaContainer(
  o: PartOptions & { readonly port: number; readonly forwarded: readonly ForwardedListener[] },
): ContainerPart {
  const { network, port, forwarded } = o
  const ports = [port, ...forwarded.map(listener => listener.port)]
  const properties = kafkaProperties({
    host: '0.0.0.0',
    port,
    controllerPort,
    forwarded,
    logFolder: '/var/lib/kafka/data',
  })
  const options = {
    ...{ image: images.kafka, network, alias: 'kafka' },
    publish: Object.fromEntries(ports.map(port => [port, port])),
    environment: { KAFKA_HEAP_OPTS: '-Xms256m -Xmx512m' },
    files: { '/mnt/shared/config/server.properties': properties },
  }
  return containerPart('Kafka', o, options, () => probeKafka(port))
}
