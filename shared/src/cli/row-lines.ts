import type { Terminal } from './terminal.ts'

interface Change {
  readonly sign: '-' | '+'
  readonly text: string
}

/** Column by column: what a row loses and what it gains. */
export function difference(before: unknown, after: unknown): Change[] {
  const [was, is] = [fieldsOf(before), fieldsOf(after)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(name => {
    const [old, now] = [was.get(name), is.get(name)]
    if (old === now) return []
    const change = (sign: Change['sign'], value: string | undefined): Change[] =>
      value === undefined ? [] : [{ sign, text: name === '' ? value : `${name} ${value}` }]
    return [...change('-', old), ...change('+', now)]
  })
}

/** The same for people. */
export const rowLines = (
  { before, after }: { readonly before: unknown; readonly after: unknown },
  { styled }: Pick<Terminal, 'styled'>,
): string[] =>
  difference(before, after).map(({ sign, text }) => `    ${styled(sign === '+' ? 'green' : 'red', `${sign} ${text}`)}`)

function fieldsOf(row: unknown): Map<string, string> {
  if (row === null || row === undefined) return new Map()
  const fields = typeof row === 'object' ? Object.entries(row) : [['', row] as const]
  return new Map(fields.map(([name, value]) => [name, JSON.stringify(value)]))
}
