/** Columns as wide as they need to be, numbers to the right; in the first column names, to the left. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)))
  return rows
    .map(row =>
      row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
    )
    .join('\n')
}

/** `-` for what is infinite, or was not there. */
export const whole = (value: number): string => (Number.isFinite(value) ? value.toFixed(0) : '-')

export const percent = (share: number): string => (100 * share).toFixed(1)
