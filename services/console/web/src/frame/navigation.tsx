import { Link, useLocation } from 'wouter'
import { useCounts } from '../data/use-sagas.ts'
import { thousands } from '../parts/counted.ts'

const pages = [
  { path: '/sagas', label: 'Sagas', below: [] },
  { path: '/choreography', label: 'Choreography', below: [] },
  { path: '/letters', label: 'Dead letters', below: ['/letter', '/plans', '/acts'] },
  { path: '/health', label: 'Health', below: [] },
]

export function Navigation() {
  const [path] = useLocation()
  const openLetters = useCounts(24).data?.openLetters ?? 0
  const isIn = (root: string) => path === root || path.startsWith(`${root}/`)
  return (
    <nav className="navigation" aria-label="Pages">
      {pages.map(page => (
        <Link
          key={page.path}
          href={page.path}
          aria-current={[page.path, ...page.below].some(isIn) ? 'page' : undefined}
        >
          {page.label}
          {page.path === '/letters' && openLetters > 0 && (
            <span className="navigation-count">
              {thousands(openLetters)}
              <span className="unseen"> open</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  )
}
