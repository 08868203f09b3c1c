import { QueryClientProvider } from '@tanstack/react-query'
import { useState } from 'react'
import { createQueryClient } from './data/query-client.ts'
import { SessionContext } from './data/session.ts'
import { useAccess } from './data/use-access.ts'
import { Frame } from './frame/frame.tsx'
import { Pages } from './pages.tsx'
import { Asked } from './parts/asked.tsx'
import { SignIn } from './sign-in/sign-in.tsx'

export function App() {
  const [client] = useState(createQueryClient)
  return (
    <QueryClientProvider client={client}>
      <Gate />
    </QueryClientProvider>
  )
}

/** Nobody sees a page without a session. The sign-in takes the page's place and leaves its URL, so that a link survives it. */
function Gate() {
  const access = useAccess()
  return (
    <Asked query={access}>
      {({ session, ...ways }) =>
        session ? (
          <SessionContext value={session}>
            <Frame>
              <Pages />
            </Frame>
          </SessionContext>
        ) : (
          <SignIn {...ways} />
        )
      }
    </Asked>
  )
}
