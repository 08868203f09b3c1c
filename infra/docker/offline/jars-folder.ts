/** Fetches the jars of Kafka and the registry, as the stack without containers does, and prints their folder. */
import { dirname, resolve } from 'node:path'
import { fetchJars } from '../../local/jars.ts'

const { kafkaClassPath } = await fetchJars(resolve(import.meta.dirname, '../../../.local/jars'), console.error)
console.log(dirname(dirname(kafkaClassPath)))
