import { Link } from 'wouter'
import { shortened } from './identifier.tsx'

export const sagaPath = (sagaId: string) => `/sagas/${encodeURIComponent(sagaId)}`

/** The way to a saga's page, by its short id. */
export const SagaLink = ({ sagaId }: { sagaId: string }) => (
  <Link className="mono nowrap" href={sagaPath(sagaId)} title={sagaId}>
    {shortened(sagaId)}
  </Link>
)
