import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { gatherHints } from './hints.ts'
import { connectLive, type Standing } from './live-connection.ts'

/** Keeps what is on the page current while it is mounted. */
export function useLive(): Standing {
  const client = useQueryClient()
  const [standing, setStanding] = useState<Standing>('connecting')
  useEffect(() => {
    const hints = gatherHints(client)
    let wasLost = false
    const disconnect = connectLive(hints.take, next => {
      // Hints that came meanwhile are lost: everything may be old.
      if (next === 'live' && wasLost) void client.invalidateQueries()
      // Perhaps the session has ended: then the sign-in is what helps.
      if (next === 'lost' && !wasLost) void client.invalidateQueries({ queryKey: ['access'] })
      wasLost = next === 'lost'
      setStanding(next)
    })
    return () => {
      disconnect()
      hints.stop()
    }
  }, [client])
  return standing
}
