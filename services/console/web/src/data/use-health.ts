import { useQuery } from '@tanstack/react-query'
import type { Health } from '../../../src/contract.ts'
import { ask } from './ask.ts'

export const useHealth = () =>
  useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => ask<Health>('/api/health', { signal }),
    refetchInterval: 15_000,
  })
