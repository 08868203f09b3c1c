import { useMemo, useState } from 'react'
import type { SagaDetail } from '../../../../src/contract.ts'
import { useWidth } from '../../parts/use-width.ts'
import { arrowsOf, gutter } from './arrows.ts'
import type { Item } from './item.ts'
import { LaneItem } from './lane-item.tsx'
import { lanesOf, place } from './place.ts'
import { TimeAxis } from './time-axis.tsx'
import { useRoving } from './use-roving.ts'
import './lanes.css'

const axisWidth = 100
const narrowest = 172
const widest = 400

/** What happened, a lane for each service, time running down, arrows from cause to effect. */
export function Lanes({ items, services, silent, selected, onSelect }: LanesProps) {
  const [ref, width] = useWidth<HTMLDivElement>()
  const [pointed, setPointed] = useState<string | null>(null)
  const lanes = useMemo(() => lanesOf(items, services), [items, services])
  const laneWidth = Math.min(widest, Math.max(narrowest, Math.floor((width - axisWidth) / lanes.length)))
  const places = useMemo(() => place(items, lanes, laneWidth - 2 * gutter), [items, lanes, laneWidth])
  const arrows = useMemo(() => arrowsOf(places.placed, { axisWidth, laneWidth }), [places, laneWidth])
  const roving = useRoving(
    items.map(item => item.key),
    selected,
  )
  const lit = pointed ?? selected
  const isLit = (arrow: { from: string; to: string }) => arrow.from === lit || arrow.to === lit
  const total = axisWidth + laneWidth * lanes.length
  return (
    <div ref={ref} className="lanes scroll">
      <div className="lanes-inside" style={{ width: total }}>
        <div className="lanes-head" aria-hidden="true">
          <span style={{ width: axisWidth }}>UTC</span>
          {lanes.map(service => (
            <span key={service} style={{ width: laneWidth }}>
              {service}
              {silent.some(each => each.service === service) && <span className="lanes-silent"> silent</span>}
            </span>
          ))}
        </div>
        <div className="lanes-body" style={{ height: places.height }}>
          {lanes.map((service, lane) => (
            <div key={service} className="lane" style={{ left: axisWidth + (lane + 0.5) * laneWidth }} />
          ))}
          <TimeAxis placed={places.placed} />
          <svg className="lanes-arrows" width={total} height={places.height} aria-hidden="true">
            <defs>
              {['', '-lit'].map(kind => (
                <marker
                  key={kind}
                  id={`arrowhead${kind}`}
                  viewBox="0 0 8 8"
                  refX="7"
                  refY="4"
                  markerWidth="7"
                  markerHeight="7"
                  orient="auto"
                >
                  <path className={`arrowhead${kind}`} d="M0 0.5L8 4L0 7.5z" />
                </marker>
              ))}
            </defs>
            {arrows
              .toSorted((a, b) => Number(isLit(a)) - Number(isLit(b)))
              .map(arrow => (
                <path
                  key={`${arrow.from} ${arrow.to}`}
                  className={isLit(arrow) ? 'arrow arrow-lit' : 'arrow'}
                  markerEnd={`url(#arrowhead${isLit(arrow) ? '-lit' : ''})`}
                  d={arrow.path}
                />
              ))}
          </svg>
          <ol onKeyDown={roving.onKeyDown} onPointerLeave={() => setPointed(null)}>
            {places.placed.map(each => (
              <LaneItem
                key={each.item.key}
                placed={each}
                left={axisWidth + each.lane * laneWidth}
                width={laneWidth}
                cause={causeOf(each.item, items)}
                isSelected={each.item.key === selected}
                tabIndex={roving.tabIndexOf(each.item.key)}
                onSelect={() => onSelect(each.item.key)}
                onFocus={() => roving.onFocus(each.item.key)}
                onPoint={() => setPointed(each.item.key)}
              />
            ))}
          </ol>
        </div>
      </div>
    </div>
  )
}

interface LanesProps {
  items: Item[]
  services: SagaDetail['services']
  silent: SagaDetail['silent']
  selected: string | null
  onSelect: (key: string) => void
}

export const causeOf = (item: Item, items: readonly Item[]) =>
  items.find(({ subject }) => subject.kind === 'event' && subject.event.id === item.causeId)
