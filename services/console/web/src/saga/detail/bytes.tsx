import { counted } from '../../parts/counted.ts'
import { Scroll } from '../../parts/scroll.tsx'
import { bytesOf, hexDump } from './hex-dump.ts'

export function Bytes({ base64 }: { base64: string }) {
  const bytes = bytesOf(base64)
  return (
    <details>
      <summary>
        <h3 className="inline">Bytes</h3> <span className="muted small">{counted(bytes.length, 'byte')}</span>
      </summary>
      <Scroll label="Bytes">
        <pre className="bytes">{hexDump(bytes)}</pre>
      </Scroll>
    </details>
  )
}
