import { Link, useSearchParams } from 'wouter'
import type { Counts } from '../../../src/contract.ts'
import { thousands } from '../parts/counted.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import './standing.css'

const figures: { name: 'open' | 'overdue' | 'blocked' | 'settled'; href: string; alarming: boolean }[] = [
  { name: 'open', href: '/sagas?state=open', alarming: false },
  { name: 'overdue', href: '/sagas?overdue=true', alarming: true },
  { name: 'blocked', href: '/sagas?state=blocked', alarming: true },
  { name: 'settled', href: '/sagas?state=settled', alarming: false },
]

/** How things stand now; each figure leads to what it counts. */
export function Standing({ counts }: { counts: Counts }) {
  const [search] = useSearchParams()
  const isShown = (href: string) => href === `/sagas?${search}`
  return (
    <ul className="standing" aria-label="How things stand now">
      {figures.map(({ name, href, alarming }) => (
        <li key={name}>
          <Figure
            {...{ href, name, icon: name, current: isShown(href), alarming: alarming && counts[name] > 0 }}
            count={counts[name]}
          />
        </li>
      ))}
      <li>
        <Figure
          {...{ href: '/letters', icon: 'blocked', current: false, alarming: counts.openLetters > 0 }}
          name="dead letters"
          count={counts.openLetters}
        />
      </li>
    </ul>
  )
}

interface FigureProps {
  href: string
  name: string
  icon: IconName
  count: number
  alarming: boolean
  current: boolean
}

const Figure = ({ href, name, icon, count, alarming, current }: FigureProps) => (
  <Link
    href={href}
    className={`figure${alarming ? ' figure-alarming' : ''}`}
    aria-current={current ? 'true' : undefined}
  >
    <span className="figure-count">{thousands(count)}</span>
    <span className="figure-name">
      <Icon name={icon} /> {name}
    </span>
  </Link>
)
