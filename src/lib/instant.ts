/** A point in time: milliseconds since the Unix epoch, UTC. */
export type Instant = number

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

/** RFC 3339 with whole seconds, the form of `metav1.Time`: `2026-11-23T19:00:00Z`. */
export function rfc3339(at: Instant): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** RFC 3339 with exactly six decimals, the form of `metav1.MicroTime`: the API server refuses any other. */
export function rfc3339Micro(at: Instant): string {
  return new Date(at).toISOString().replace('Z', '000Z')
}

const RFC_3339 = /^(\d{4}-\d\d-\d\d)T(?!24)\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i

/** Reads RFC 3339. `undefined` for an absent or unreadable text, so that a damaged status never becomes NaN. */
export function instantOf(text: string | undefined): Instant | undefined {
  // `Date` reads much more than that, some of it in the time zone of this machine, and 30 February as 2 March.
  const date = RFC_3339.exec(text ?? '')?.[1]
  if (text === undefined || date === undefined) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) || !rfc3339(Date.parse(date)).startsWith(date) ? undefined : at
}
