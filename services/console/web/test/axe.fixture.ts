import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** What axe finds wrong on a page, a line each; nothing when all is well. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(axe.source)
  const runOnly = rules
    ? { type: 'rule', values: rules }
    : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }
  const found = (await page.evaluate(
    `axe.run(document, ${JSON.stringify({ runOnly, resultTypes: ['violations'] })})`,
  )) as axe.AxeResults
  return found.violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html} (${node.failureSummary})`))
}
