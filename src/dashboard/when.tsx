import { type Instant, instantOf, SECOND } from '../lib/instant.ts'
import { relative } from '../lib/relative.ts'
import { took } from '../lib/took.ts'
import { useTime } from './clock.ts'

const EXACT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})
const SHORT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric' })

/** `Wed, 25 Nov 2026, 20:00:00 GMT+1`, in the viewer's zone. */
export function exact(at: Instant): string {
  return EXACT.format(at)
}

/** `Wed, 25 Nov, 20:00`. */
export function short(at: Instant): string {
  return SHORT.format(at)
}

/** `20:00`. */
export function clockTime(at: Instant): string {
  return CLOCK.format(at)
}

/** `Wed 25`. */
export function day(at: Instant): string {
  return DAY.format(at)
}

/** `in 3 h`, `13 h ago`; the exact time when it is pointed at. */
export function When({ at }: { readonly at: string | Instant | null }) {
  const instant = typeof at === 'string' ? instantOf(at) : (at ?? undefined)
  const told = useTime(now => (instant === undefined ? '' : relative(instant, now)))
  if (instant === undefined) return <span class="none">never</span>
  return (
    <time dateTime={new Date(instant).toISOString()} title={exact(instant)}>
      {told}
    </time>
  )
}

/** `12 s`, `1 min 12 s`, as it grows. */
export function Elapsed({ since }: { readonly since: string }) {
  const start = instantOf(since)
  const seconds = useTime(now => (start === undefined ? 0 : Math.max(0, Math.floor((now - start) / SECOND))))
  return <>{took(seconds * SECOND).replace('.0 s', ' s')}</>
}
