import { useEffect, useRef, useState } from 'react'

/** Text that counts once one has paused: a question for every letter typed would be asked in vain. */
export function useLateText(current: string, onText: (text: string) => void, pauseMs = 300) {
  const [value, setValue] = useState(current)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // Changed from outside, by a link or by the way back.
  useEffect(() => setValue(current), [current])
  useEffect(() => () => clearTimeout(timer.current), [])
  return {
    value,
    type(text: string) {
      setValue(text)
      clearTimeout(timer.current)
      timer.current = setTimeout(() => onText(text), pauseMs)
    },
    commit() {
      clearTimeout(timer.current)
      onText(value)
    },
  }
}
