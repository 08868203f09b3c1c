import { createContext, useContext } from 'react'
import type { Access } from '../../../src/contract.ts'

export type Session = NonNullable<Access['session']>

export const SessionContext = createContext<Session>({ operator: '', rights: [], canEnd: false })

export const useSession = () => useContext(SessionContext)

/** Why this session may not act; undefined when it may. */
export function useWhyNot(): string | undefined {
  const { rights } = useSession()
  return rights.includes('act') ? undefined : 'Your session may read but not act: it lacks the right “act”.'
}
