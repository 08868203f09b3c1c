import './icon.css'

const paths = {
  settled: 'M3.5 8.5l3 3 6-7',
  open: 'M8 2.5a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM8 5v3.2l2 1.3',
  blocked: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  overdue: 'M8 2.2L14.3 13.3H1.7zM8 6.5v3M8 11.3v.1',
  undo: 'M6 4L3 7l3 3M3 7h6a3.5 3.5 0 010 7H7',
  copy: 'M6 6h7v8H6zM10 6V2.5H3V10h3',
  right: 'M6 3l5 5-5 5',
  left: 'M10 3L5 8l5 5',
  search: 'M7 11.5a4.5 4.5 0 100-9 4.5 4.5 0 000 9zM10.5 10.5L14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  person: 'M8 7.5a2.5 2.5 0 100-5 2.5 2.5 0 000 5zM3 14c.5-3 2.5-4.5 5-4.5s4.5 1.5 5 4.5',
  retry: 'M13 8a5 5 0 11-1.5-3.5M13 2v3h-3',
  wait: 'M4 2.5h8M4 13.5h8M5 2.5c0 3 6 4 6 5.5s-6 2.5-6 5.5M11 2.5c0 3-6 4-6 5.5s6 2.5 6 5.5',
} as const

export type IconName = keyof typeof paths

/** Says with a shape what its colour says; the words beside it say it to everybody, so it is hidden from screen readers. */
export const Icon = ({ name }: { name: IconName }) => (
  <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
    <path d={paths[name]} />
  </svg>
)
