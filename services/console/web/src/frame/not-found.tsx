import { Link } from 'wouter'
import { useTitle } from '../parts/use-title.ts'

export function NotFound() {
  useTitle('Not found')
  return (
    <div className="page">
      <h1>No such page</h1>
      <p>
        <Link href="/sagas">All sagas</Link>
      </p>
    </div>
  )
}
