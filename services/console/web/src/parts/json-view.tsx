import { Scroll } from './scroll.tsx'
import './json-view.css'

/** Data as text: React writes it as text nodes, whatever it holds. */
export const JsonView = ({ value, label }: { value: unknown; label: string }) => (
  <Scroll label={label}>
    <pre className="json">{JSON.stringify(value, null, 2)}</pre>
  </Scroll>
)
