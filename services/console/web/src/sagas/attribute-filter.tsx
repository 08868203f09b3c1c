import { useState } from 'react'
import { useFilters } from './filters.ts'
import { useLateText } from './use-late-text.ts'

/** Sagas by a value that their events carry, such as the customer. */
export function AttributeFilter({ names }: { names: string[] }) {
  const { of, set } = useFilters()
  const [ofUrl, value] = split(of('attribute'))
  const [chosen, choose] = useState('')
  const name = ofUrl || chosen || names[0] || ''
  const text = useLateText(value, typed => set('attribute', typed && name ? `${name}:${typed}` : ''))
  const options = names.includes(name) || !name ? names : [name, ...names]
  if (options.length === 0) return null
  return (
    <div className="filters-attribute">
      <label className="field">
        <span>Attribute</span>
        <select
          value={name}
          onChange={event => {
            choose(event.target.value)
            if (value) set('attribute', `${event.target.value}:${value}`)
          }}
        >
          {options.map(option => (
            <option key={option}>{option}</option>
          ))}
        </select>
      </label>
      <label className="field">
        <span>is</span>
        <input
          type="search"
          placeholder="exactly"
          spellCheck={false}
          autoComplete="off"
          value={text.value}
          onChange={event => text.type(event.target.value)}
        />
      </label>
    </div>
  )
}

/** The value may itself hold colons. */
function split(attribute: string): [string, string] {
  const at = attribute.indexOf(':')
  return at < 0 ? ['', ''] : [attribute.slice(0, at), attribute.slice(at + 1)]
}
