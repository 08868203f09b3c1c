import { Link } from 'wouter'

/** What its events carry of the fields that one can search by; each leads to all sagas with that value. */
export const Attributes = ({ of }: { of: Record<string, string> }) => (
  <span className="attributes">
    {Object.entries(of).map(([name, value]) => (
      <span key={name} className="nowrap">
        <span className="muted">{name}</span>{' '}
        <Link href={`/sagas?${new URLSearchParams({ attribute: `${name}:${value}` })}`}>{value}</Link>
      </span>
    ))}
  </span>
)
