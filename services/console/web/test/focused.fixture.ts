import type { Page } from 'playwright-core'

export interface Focused {
  readonly text: string
  readonly tag: string
  /** Whether one sees that it has the focus: by an outline, or in an SVG by a broad line. */
  readonly isSeen: boolean
}

/** What has the focus; null when nothing on the page has it. */
export const focused = (page: Page) =>
  page.evaluate(`(() => {
    const element = document.activeElement
    if (!element || element === document.body) return null
    const inGraph = element.matches('g')
    const style = getComputedStyle(inGraph ? element.querySelector('rect') : element)
    const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
    return {
      text: (element.getAttribute('aria-label') ?? element.textContent ?? '').trim(),
      tag: element.localName,
      isSeen: inGraph ? parseFloat(style.strokeWidth) >= 4 : isOutlined,
    }
  })()`) as Promise<Focused | null>
