/**
 * Loyalty beside a shop that runs: makes its database and its topics, and then is main.ts.
 *
 *   npx node test/examples/loyalty/beside-the-shop.ts <the PostgreSQL that npm start prints>
 */
import { createKafka } from 'saga-kit/kafka'
import { createTopics, topicSpecs } from 'saga-kit/topics'
import { createDatabase } from '../../../infra/local/databases.ts'

const [adminUrl] = process.argv.slice(2)
if (!adminUrl) throw new Error('name the PostgreSQL that npm start prints: postgresql://postgres:...')
const usual = {
  KAFKA_BROKERS: '127.0.0.1:19092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:18081/apis/ccompat/v7',
  TOPIC_PREFIX: '',
  TOPIC_PARTITIONS: '4',
  PORT: '3005',
  ADMIN_PORT: '3105',
}
const environment = { ...usual, ...process.env }
const prefix = environment.TOPIC_PREFIX

await createTopics(
  createKafka({ clientId: 'loyalty-topics', brokers: environment.KAFKA_BROKERS.split(',') }),
  topicSpecs({
    ...{ service: 'loyalty', eventsTopic: 'loyalty.events.v1', prefix, replicationFactor: 1 },
    partitions: Number(environment.TOPIC_PARTITIONS),
  }),
)
const DATABASE_URL = await createDatabase(adminUrl, `${prefix.replace('.', '_')}loyalty`)
Object.assign(process.env, environment, { DATABASE_URL })
await import('./main.ts')
