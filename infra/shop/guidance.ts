import { join } from 'node:path'
import type { Ground, Shop } from './shop.ts'

/** Told when the shop is up: where everything is, how to look at an order, and how to make trouble. */
export function guidance(o: {
  shop: Shop
  stack: Ground
  dataFolder: string
  /** Undefined when it does not run. */
  consoleUrl: string | undefined
  /** The customer whose deductions fail, if any. */
  drilled: string | undefined
}): string {
  const { shop, stack, dataFolder, consoleUrl, drilled } = o
  const { order, inventory, balance, notification } = shop.services
  const post = `curl -s -w '\\n' -H 'content-type: application/json' -H "idempotency-key: $(date +%s%N)"`
  const put = `curl -s -w '\\n' -X PUT -H 'content-type: application/json'`
  // package.json names the usual brokers.
  const brokers = stack.brokers.join(',')
  const saga = brokers === '127.0.0.1:19092' ? 'npx saga' : `KAFKA_BROKERS=${brokers} npx saga`
  return `
The shop is up until Ctrl-C. What you order is told above.${drilled ? `\nA drill: deductions of ${drilled} fail (DEDUCTIONS_FAIL_FOR).` : ''}
  console       ${consoleUrl ?? 'does not run: see above'}
  order         ${order.url}    (/openapi.json, /metrics, /readyz, as of each service)
  inventory     ${inventory.url}
  balance       ${balance.url}
  notification  ${notification.url}
  Kafka         ${brokers}
  PostgreSQL    ${stack.adminUrl}
  registry      ${stack.registryUrl}
  logs          ${join(dataFolder, 'logs')}, ${join(dataFolder, 'stack/logs')}

Prepare, order, look:
  ${put} -d '{"unitPriceMinor":450,"currency":"EUR"}' ${order.url}/prices/tea
  ${put} -d '{"email":"me@example.com"}' ${notification.url}/contacts/me
  ${post} -d '{"quantity":10}' ${inventory.url}/stock/tea/receipts
  ${post} -d '{"amountMinor":5000,"currency":"EUR"}' ${balance.url}/accounts/me/deposits
  ${post} -d '{"customerId":"me","currency":"EUR","lines":[{"sku":"tea","quantity":1}]}' ${order.url}/orders
  curl -s -w '\\n' '${order.url}/orders?customerId=me'

Look inside, replay what is dead (docs/operating.md), here or in the console:
  ${saga} status
  ${saga} trace <orderId>
  ${saga} dlq list

Make trouble:
  order for a customerId without an account, or more than there is: the steps already done are undone
  kill -STOP ${balance.pid}; order; cancel it; kill -CONT ${balance.pid}
    ${post} -X POST ${order.url}/orders/<orderId>/cancel
  kill -9 ${balance.pid}; order: it stays PENDING, and the next \`npm start\` completes it
`
}
