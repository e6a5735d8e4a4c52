/** Longer than this nobody is asked to wait. */
const LONGEST = 3600

/**
 * `Retry-After` in seconds, 0 for none (RFC 9110, 10.2.3): a number of seconds, or a date, which counts from the server's
 * own `Date`, so that no two clocks are compared.
 */
export function retryAfterSeconds(value: string, date: string | undefined): number {
  const seconds = /^\d+$/.test(value) ? Number(value) : (httpDate(value) - httpDate(date ?? '')) / 1000
  return Number.isFinite(seconds) ? Math.min(LONGEST, Math.max(0, Math.ceil(seconds))) : 0
}

/** `Date` reads much more than what RFC 9110 calls a date. */
function httpDate(text: string): number {
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : Number.NaN
}
