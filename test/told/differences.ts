/** Sums that are not what they should be: nothing that was acknowledged is lost, and nothing counts twice. */
export function differences(
  expected: ReadonlyMap<string, number>,
  found: ReadonlyMap<string, number>,
): { readonly missing: string[]; readonly tooMany: string[] } {
  const names = [...new Set([...expected.keys(), ...found.keys()])]
  const sums = names.map(name => ({ name, due: expected.get(name) ?? 0, is: found.get(name) ?? 0 }))
  const texts = (which: typeof sums) => which.map(({ name, due, is }) => `${name}: ${due} expected, ${is} found`)
  return {
    missing: texts(sums.filter(({ due, is }) => is < due)),
    tooMany: texts(sums.filter(({ due, is }) => is > due)),
  }
}
