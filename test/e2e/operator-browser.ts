import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

/** A browser of an operator, with what its pages complained of. */
export interface OperatorBrowser {
  readonly context: BrowserContext
  /** Errors of scripts, and what the content security policy or the network refused. */
  readonly complaints: readonly string[]
  end(): Promise<void>
}

export async function openBrowser(): Promise<OperatorBrowser> {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  if (!existsSync(executablePath))
    throw new Error(`there is no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM to its path`)
  // It has no sandbox where root runs it, as in a container.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, colorScheme: 'light' })
  const complaints: string[] = []
  context.on('page', page => {
    page.on('pageerror', error => complaints.push(error.message))
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
  })
  return { context, complaints, end: () => browser.close() }
}

const folder = join(import.meta.dirname, '../../docs/screenshots')

/** Keeps what the page shows for README and docs, when SCREENSHOTS says `write`: a test leaves the checkout as it was. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SCREENSHOTS !== 'write') return
  mkdirSync(folder, { recursive: true })
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
}
