/** Once Kafka and the registry are up: the topics, and the rule that new versions of schemas must keep. */
import { requireFullTransitive } from '../../local/registry-rule.ts'
import { createShopTopics } from '../../shop/topics.ts'

const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL, TOPIC_PARTITIONS } = process.env
const brokers = KAFKA_BROKERS!.split(',')

await requireFullTransitive(SCHEMA_REGISTRY_URL!)
const partitions = Number(TOPIC_PARTITIONS)
const differences = await createShopTopics({ brokers, prefix: '', partitions, replicationFactor: 1 })
for (const difference of differences) console.error(`topics: ${difference}`)
