import type { Placed } from './place.ts'

/** From the event that caused something to what it caused. */
export interface Arrow {
  readonly from: string
  readonly to: string
  readonly path: string
}
export interface Geometry {
  readonly axisWidth: number
  readonly laneWidth: number
}
/** A box leaves this much free to each side of its lane: the arrows run down there. */
export const gutter = 20
const tracks = 5
const trackGap = 4
const bend = 5
/** In near the top of a box and out near its bottom, so that what comes and what goes are two lines. */
const port = 11

/**
 * Along the row of the cause, which nothing else is in; down beside the lane of what it caused, on a track of its own where
 * others run there too; and in from the side.
 */
export function arrowsOf(placed: readonly Placed[], geometry: Geometry): Arrow[] {
  const causes = new Map(
    placed.flatMap(each => (each.item.subject.kind === 'event' ? [[each.item.subject.event.id, each] as const] : [])),
  )
  const free = trackKeeper()
  return placed.flatMap(to => {
    const from = to.item.causeId === null ? undefined : causes.get(to.item.causeId)
    if (!from || from === to) return []
    return [{ from: from.item.key, to: to.item.key, path: pathOf(from, to, geometry, free) }]
  })
}

type TrackKeeper = ReturnType<typeof trackKeeper>

/** Gives each arrow the first track of its gutter that is free along its way. */
function trackKeeper() {
  const taken = new Map<number, { track: number; top: number; bottom: number }[]>()
  return (gutterAt: number, top: number, bottom: number): number => {
    const there = taken.get(gutterAt) ?? []
    const isFree = (track: number) => !there.some(t => t.track === track && t.top < bottom && top < t.bottom)
    const track = Array.from({ length: tracks }, (_, at) => at).find(isFree) ?? 0
    taken.set(gutterAt, [...there, { track, top, bottom }])
    return track
  }
}

function pathOf(from: Placed, to: Placed, { axisWidth, laneWidth }: Geometry, free: TrackKeeper): string {
  const fromLeft = from.lane < to.lane
  const boundary = fromLeft ? to.lane : to.lane + 1
  const startY = from.top + from.height - port
  const endY = to.top + port
  const track = free(boundary, Math.min(startY, endY), Math.max(startY, endY))
  const x = axisWidth + boundary * laneWidth + (track - (tracks - 1) / 2) * trackGap
  const side = (lane: number, right: boolean) => axisWidth + lane * laneWidth + (right ? laneWidth - gutter : gutter)
  const startX = side(from.lane, fromLeft || from.lane === to.lane)
  const endX = side(to.lane, !fromLeft)
  const down = Math.sign(endY - startY) || 1
  const [out, into] = [Math.sign(x - startX) || 1, Math.sign(endX - x) || 1]
  return [
    `M${startX} ${startY}`,
    `H${x - out * bend}`,
    `Q${x} ${startY} ${x} ${startY + down * bend}`,
    `V${endY - down * bend}`,
    `Q${x} ${endY} ${x + into * bend} ${endY}`,
    `H${endX - into * 2}`,
  ].join('')
}
