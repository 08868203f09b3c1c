/** What a deployment needs in order to create the topics of its participants. */
export { deadLetterTopic, declarationsTopic, topicSpecs } from './topic-specs.ts'
export { createTopics, describeTopics, type TopicSpec } from './topics.ts'
