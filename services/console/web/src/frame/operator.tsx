import { useSession } from '../data/session.ts'
import { useSignOut } from '../data/use-access.ts'
import { Icon } from '../parts/icon.tsx'

/** Who is signed in, with which rights, and the way out, where there is one. */
export function Operator() {
  const { operator, rights, canEnd } = useSession()
  const signOut = useSignOut()
  return (
    <div className="operator">
      <span
        className="operator-name"
        title={`${canEnd ? `Signed in as ${operator}` : 'Nobody has to sign in here'}; rights: ${rights.join(', ')}`}
      >
        <Icon name="person" /> {operator}
        {!rights.includes('act') && <span className="muted"> (reads only)</span>}
      </span>
      {canEnd && (
        <button type="button" className="bare" onClick={() => signOut.mutate()}>
          Sign out
        </button>
      )}
    </div>
  )
}
