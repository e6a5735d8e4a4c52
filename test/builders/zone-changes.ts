/** The clocks of a zone are set at `at` (ms), from so many minutes after UTC to so many others. */
export interface ZoneChange {
  readonly zone: string
  readonly at: number
  readonly before: number
  readonly after: number
}

const MINUTE = 60_000
const STEP = 3 * 24 * 60 * MINUTE

/** All changes of a zone in a span of time, by asking for its local time every three days and looking closer where it has jumped. */
export function zoneChanges(zone: string, from: number, until: number): readonly ZoneChange[] {
  const format = localFormat(zone)
  const offset = (at: number) => (Date.parse(`${format.format(at).replace(' ', 'T')}Z`) - at) / MINUTE
  const changes: ZoneChange[] = []
  let before = offset(from)
  for (let at = from; at < until; at += STEP) {
    let after = offset(at + STEP)
    // Two changes between two looks, as of a leap over the date line with one of daylight saving, are found one by one.
    for (let start = at; after !== before; after = offset(at + STEP)) {
      let [low, high] = [start, at + STEP]
      while (high - low > MINUTE) {
        const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE
        if (offset(middle) === before) low = middle
        else high = middle
      }
      changes.push({ zone, at: high, before, after: offset(high) })
      before = offset(high)
      start = high
    }
  }
  return changes
}

/** `2026-11-24 20:00`. */
export function localFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })
}
