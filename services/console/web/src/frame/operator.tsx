import { useSession } from '../data/session.ts'
import { useSignOut } from '../data/use-access.ts'
import { Icon } from '../parts/icon.tsx'

/** Who is signed in, with which rights, and the way out. */
export function Operator() {
  const { operator, rights } = useSession()
  const signOut = useSignOut()
  return (
    <div className="operator">
      <span className="operator-name" title={`Signed in as ${operator}; rights: ${rights.join(', ')}`}>
        <Icon name="person" /> {operator}
        {!rights.includes('act') && <span className="muted"> (reads only)</span>}
      </span>
      <button type="button" className="bare" onClick={() => signOut.mutate()}>
        Sign out
      </button>
    </div>
  )
}
