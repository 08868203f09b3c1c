import { type KeyboardEvent, useState } from 'react'

const moves: Record<string, (at: number, last: number) => number> = {
  ArrowDown: (at, last) => Math.min(at + 1, last),
  ArrowUp: at => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, last) => last,
}

/** One stop of the Tab key for a list of buttons, in which the arrow keys go on: the roving tabindex of the ARIA patterns. */
export function useRoving(keys: readonly string[], selected: string | null) {
  const [focused, setFocused] = useState<string | null>(null)
  const current = [focused, selected].find(key => key !== null && keys.includes(key)) ?? keys[0]
  return {
    tabIndexOf: (key: string) => (key === current ? 0 : -1),
    onFocus: setFocused,
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const move = moves[event.key]
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return
      const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>('button[data-roving]')]
      const at = buttons.indexOf(document.activeElement as HTMLButtonElement)
      if (at < 0) return
      event.preventDefault()
      buttons[move(at, buttons.length - 1)]?.focus()
    },
  }
}
