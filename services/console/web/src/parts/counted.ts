const grouped = new Intl.NumberFormat('en-US')

/** `1 letter`, `2,000 letters`. */
export const counted = (count: number, one: string, many = `${one}s`) =>
  `${grouped.format(count)} ${count === 1 ? one : many}`

export const thousands = (count: number) => grouped.format(count)
