import { useState } from 'react'
import { Link } from 'wouter'
import type { Counts } from '../../../src/contract.ts'
import { AttributeFilter } from './attribute-filter.tsx'
import { type FilterName, hasFilters, useFilters } from './filters.ts'
import { IdSearch } from './id-search.tsx'
import './filter-bar.css'

const ages = [
  { value: '60000', label: '1 minute' },
  { value: '600000', label: '10 minutes' },
  { value: '3600000', label: '1 hour' },
  { value: '86400000', label: '1 day' },
  { value: '604800000', label: '1 week' },
]
const states = ['open', 'blocked', 'settled'].map(value => ({ value, label: value }))

/** Which sagas the list shows. What can be chosen is what the observer has seen. On a phone the filters fold away. */
export function FilterBar({ counts }: { counts: Counts | undefined }) {
  const { search, of, set } = useFilters()
  const [isOpen, setOpen] = useState(hasFilters(search))
  const seen = (values: string[] | undefined) => (values ?? []).map(value => ({ value, label: value }))
  return (
    <search className={isOpen ? 'filters filters-open' : 'filters'}>
      <IdSearch />
      <button type="button" className="filters-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        Filters
      </button>
      <Choice name="state" label="State" options={states} />
      <Choice name="ending" label="Ending" options={seen(counts?.endings)} />
      <Choice name="step" label="At step" options={seen(counts?.steps)} />
      <Choice name="error" label="Error" options={seen(counts?.errors)} />
      <Choice name="olderThanMs" label="Began before" options={ages} ago />
      <AttributeFilter names={counts?.attributes ?? []} />
      <label className="check">
        <input
          type="checkbox"
          checked={of('overdue') === 'true'}
          onChange={event => set('overdue', event.target.checked ? 'true' : '')}
        />
        Overdue only
      </label>
      {hasFilters(search) && (
        <Link href="/sagas" className="filters-clear small">
          Clear filters
        </Link>
      )}
    </search>
  )
}

interface ChoiceProps {
  name: FilterName
  label: string
  options: { value: string; label: string }[]
  ago?: boolean
}

/** A value that a link brought stays choosable although nothing of it has been seen. */
function Choice({ name, label, options, ago = false }: ChoiceProps) {
  const { of, set } = useFilters()
  const value = of(name)
  const known = value === '' || options.some(option => option.value === value)
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={event => set(name, event.target.value)}>
        <option value="">any</option>
        {!known && <option value={value}>{value}</option>}
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.label}
            {ago ? ' ago' : ''}
          </option>
        ))}
      </select>
    </label>
  )
}
