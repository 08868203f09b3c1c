const colours = 6

/** More endings than colours share the last one, a grey; the table tells them apart. */
export const seriesColour = (at: number) => `var(--series-${Math.min(at + 1, colours)})`
