import type { Row } from './views.ts'

/** A row of the saga's own as it was before a step and as it is after it; null where there is none. */
export interface Image {
  /** As the participant names its state. */
  readonly table: string
  /** (seq, n): the order in which a saga's steps were taken. Times of transactions that waited for one another do not tell. */
  readonly at: readonly [seq: number, n: number]
  readonly before: Row | null
  readonly after: Row | null
}

/** As they are kept: of a row that stays only what changes, since most of it does not. */
export function storedImages(images: readonly Image[]): Image[] {
  const stored: Image[] = []
  for (const { table, at, before, after } of images) {
    const changing = before && after ? Object.keys(after).filter(field => after[field] !== before[field]) : undefined
    if (changing?.length === 0) continue
    const kept = (row: Row | null) => row && rowInJson(row, changing)
    stored.push({ table, at, before: kept(before), after: kept(after) })
  }
  return stored
}

/** JSON has no integers of any size, and a column may, of arrays too: they are their text. */
export function rowInJson(row: Row, fields: readonly string[] = Object.keys(row)): Row {
  const kept: Record<string, unknown> = {}
  for (const field of fields) kept[field] = inJson(row[field])
  return kept
}
function inJson(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return Array.isArray(value) ? value.map(inJson) : value
}

/** Whole rows again, from all that the steps of one saga keep: each on top of the one before it. */
export function imagesInFull<Step extends { readonly images: readonly Image[] }>(steps: readonly Step[]): Step[] {
  const rows = new Map<string, Row>()
  const inFull = new Map<Image, Image>()
  for (const image of steps.flatMap(({ images }) => images).toSorted(byArrival)) {
    const before = image.before && { ...rows.get(image.table), ...image.before }
    const after = image.after && { ...before, ...image.after }
    inFull.set(image, { ...image, before, after })
    if (after) rows.set(image.table, after)
    else rows.delete(image.table)
  }
  return steps.map(step => ({ ...step, images: step.images.map(image => inFull.get(image)!) }))
}

const byArrival = ({ at: [seq, n] }: Image, { at: [otherSeq, otherN] }: Image) => seq - otherSeq || n - otherN
