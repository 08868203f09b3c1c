import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'
import './identifier.css'

/** UUIDv7s of one moment share their beginning, so both ends are needed to tell two apart. */
export const shortened = (id: string) => (id.length <= 20 ? id : `${id.slice(0, 8)}…${id.slice(-6)}`)

/** An id in short, to be copied in full. @param children what it is shown as, such as a link, in place of the short id */
export const Identifier = ({ id, what, children }: { id: string; what: string; children?: ReactNode }) => (
  <span className="identifier">
    {children ?? <code title={id}>{shortened(id)}</code>}
    <CopyButton text={id} what={what} />
  </span>
)
