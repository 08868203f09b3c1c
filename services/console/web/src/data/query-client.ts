import { QueryCache, QueryClient } from '@tanstack/react-query'
import { Problem } from './ask.ts'

/** Answers are kept until a hint says that they are old; what depends on the clock alone is asked again by its own hook. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      // The session has ended: asking how one gets in shows the sign-in in place of the page, which keeps its URL.
      onError: (error, query) => {
        if (isSignedOut(error) && query.queryKey[0] !== 'access')
          void client.invalidateQueries({ queryKey: ['access'] })
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => !(error instanceof Problem && error.status < 500) && failures < 2,
        refetchOnWindowFocus: true,
      },
      mutations: {
        onError: error => {
          if (isSignedOut(error)) void client.invalidateQueries({ queryKey: ['access'] })
        },
      },
    },
  })
  return client
}

const isSignedOut = (error: unknown) => error instanceof Problem && error.status === 401
