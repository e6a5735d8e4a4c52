/** The name that was probably meant: one of these that differs by a letter or two, whatever the case; else none. */
export function nearest(given: string, names: readonly string[]): string | undefined {
  const typed = given.toLowerCase()
  const ranked = names
    .map(name => ({ name, distance: distance(typed, name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)
  const [best] = ranked
  return best && best.distance <= Math.min(2, given.length / 3) ? best.name : undefined
}

/** Levenshtein's: letters to put in, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}
