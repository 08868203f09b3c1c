const perLine = 16

/** Bytes as `hexdump -C` writes them: offset, hexadecimal, and what is printable in ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const lines = Array.from({ length: Math.ceil(bytes.length / perLine) }, (_, line) => {
    const part = [...bytes.subarray(line * perLine, (line + 1) * perLine)]
    const hex = part.map(byte => byte.toString(16).padStart(2, '0')).join(' ')
    const text = part.map(byte => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('')
    return `${(line * perLine).toString(16).padStart(4, '0')}  ${hex.padEnd(perLine * 3 - 1)}  ${text}`
  })
  return lines.join('\n')
}

export const bytesOf = (base64: string) => Uint8Array.from(atob(base64), char => char.charCodeAt(0))
