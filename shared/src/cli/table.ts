import { stripVTControlCharacters } from 'node:util'

export interface Column<T> {
  readonly title: string
  readonly of: (row: T) => string
  readonly align?: 'right'
}

/**
 * Rows under their titles, as wide as their widest cell. @param width cuts longer lines; undefined when nobody sees them
 * in a window. Columns in which nothing stands are left out.
 */
export function table<T>(rows: readonly T[], columns: readonly Column<T>[], width?: number): string {
  const cells = columns
    .map(({ title, of, align }) => ({ title, align, texts: rows.map(row => oneLine(of(row))) }))
    .filter(({ texts }) => texts.some(text => text !== ''))
  const widths = cells.map(({ title, texts }) => Math.max(lengthOf(title), ...texts.map(lengthOf)))
  const line = (of: (cell: (typeof cells)[number]) => string) => {
    const text = cells
      .map((cell, i) => (cell.align === 'right' ? padded(of(cell), -widths[i]!) : padded(of(cell), widths[i]!)))
      .join('  ')
      .trimEnd()
    return width === undefined || lengthOf(text) <= width ? text : cut(text, width)
  }
  return [line(cell => cell.title), ...rows.map((_, i) => line(cell => cell.texts[i]!))].join('\n')
}

/** What turns a colour on and off, as styleText writes it. */
const colour = new RegExp(`(${String.fromCharCode(27)}\\[\\d+m)`)
const isColour = (_: string, i: number) => i % 2 === 1

/** An error's text may hold anything, also what would move the cursor. Colours are ours. */
export function oneLine(text: string): string {
  const parts = text.replace(/\s+/g, ' ').split(colour)
  return parts.map((part, i) => (isColour(part, i) ? part : part.replace(/\p{Cc}/gu, '?'))).join('')
}

const lengthOf = (text: string) => stripVTControlCharacters(text).length

/** @param width negative: to the right */
function padded(text: string, width: number): string {
  const space = ' '.repeat(Math.max(0, Math.abs(width) - lengthOf(text)))
  return width < 0 ? space + text : text + space
}

function cut(text: string, width: number): string {
  let shown = 0
  let kept = ''
  // Colours take no place, and the one that ends a colour must not be lost.
  for (const [i, part] of text.split(colour).entries()) {
    if (isColour(part, i)) kept += part
    else {
      kept += part.slice(0, Math.max(0, width - 1 - shown))
      shown += part.length
    }
  }
  return `${kept}…`
}
