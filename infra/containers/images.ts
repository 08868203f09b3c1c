/** The images of docker-compose.yml, of which a test sees that they are the same. */
export const images = {
  kafka: 'apache/kafka:4.3.0',
  postgres: 'postgres:18',
  registry: 'apicurio/apicurio-registry:3.0.9',
} as const
