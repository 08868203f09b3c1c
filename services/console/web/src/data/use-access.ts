import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Access } from '../../../src/contract.ts'
import { ask, tell } from './ask.ts'

/** How one gets in, and who is in. */
export const useAccess = () =>
  useQuery({ queryKey: ['access'], queryFn: ({ signal }) => ask<Access>('/api/access', { signal }) })

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: { token: string; operator: string }) => tell<unknown>('/api/session', input),
    onSuccess: () => client.invalidateQueries({ queryKey: ['access'] }),
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => tell<unknown>('/api/session', {}, 'DELETE'),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['access'] })
      // Whoever signs in next at this browser must not see what this operator saw.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'access' })
    },
  })
}
