import { Link, useLocation } from 'wouter'
import './letters.css'

const tabs = [
  { path: '/letters', label: 'Open letters' },
  { path: '/plans', label: 'Replays' },
  { path: '/acts', label: 'Who did what' },
]

/** The pages about dead letters. */
export function LettersTabs() {
  const [path] = useLocation()
  return (
    <nav className="tabs" aria-label="Dead letters">
      {tabs.map(tab => (
        <Link key={tab.path} href={tab.path} aria-current={path === tab.path ? 'page' : undefined}>
          {tab.label}
        </Link>
      ))}
    </nav>
  )
}
