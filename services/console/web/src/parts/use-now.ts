import { useEffect, useState } from 'react'

/** The time in ms, again every `everyMs`: ages on the page grow while nothing else happens. */
export function useNow(everyMs = 5_000): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
