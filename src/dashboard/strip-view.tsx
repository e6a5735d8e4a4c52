import { HOUR, type Instant } from '../lib/instant.ts'
import type { TaskView } from '../server/shapes.ts'
import { Shape } from './badge.tsx'
import { RESULTS, type Result } from './results.ts'
import { type Mark, placeOf, REACH, type Span, stripOf } from './strip.ts'
import { clockTime, day, exact } from './when.tsx'

const percent = (place: number) => `${(place * 100).toFixed(2)}%`

/** The past and the next 24 hours of a task: what it did, what it will do, and when it sleeps. */
export function StripView({ task, now }: { readonly task: TaskView; readonly now: Instant }) {
  const { marks, sleeps, running } = stripOf(task, now)
  return (
    <svg class="strip-view" width="100%" height="26" role="img" aria-label={inWords(marks, running !== undefined)}>
      <line class="base" x1="0" x2="100%" y1="13" y2="13" />
      {sleeps.map(span => (
        <Bar key={span.from} span={span} name={span.expected ? 'sleep expected' : 'sleep'} />
      ))}
      {running && <Bar span={running} name="running" />}
      {ticksAround(now).map(at => (
        <line key={at} class="tick" x1={percent(placeOf(at, now))} x2={percent(placeOf(at, now))} y1="4" y2="22" />
      ))}
      {marks.map(mark => (
        <svg key={mark.at} x={percent(mark.place)} y="13" overflow="visible">
          <title>{markInWords(mark)}</title>
          <rect class="target" x="-8" y="-13" width="16" height="26" />
          {mark.result === undefined ? (
            <circle class={mark.operation === 'sleep' ? 'due tone-sleep' : 'due'} r="4" />
          ) : (
            <path class={`shape tone-${RESULTS[mark.result].tone}`} d={RESULTS[mark.result].path} />
          )}
        </svg>
      ))}
    </svg>
  )
}

/** A short one is still to be seen. */
function Bar({ span: { from, to }, name }: { readonly span: Span; readonly name: string }) {
  const width = Math.max(to - from, 0.004)
  return <rect class={name} x={percent(to - width)} y="5" width={percent(width)} height="16" rx="3" />
}

function markInWords({ at, operation, result, count }: Mark): string {
  const what = result === undefined ? `${operation} is due` : `${operation} ${RESULTS[result].word}`
  return `${what}${count > 1 ? ` (the worst of ${count})` : ''}\n${exact(at)}`
}

/** What the drawing says, for those who do not see it. */
function inWords(marks: readonly Mark[], isRunning: boolean): string {
  const past = Map.groupBy(
    marks.filter(({ result }) => result !== undefined),
    ({ result }) => result as Result,
  )
  const told = [...past].map(([result, found]) => `${found.length} ${RESULTS[result].word}`)
  const next = marks.find(({ result }) => result === undefined)
  return [
    `Past 24 hours: ${told.length > 0 ? told.join(', ') : 'no run'}.`,
    ...(isRunning ? ['Runs now.'] : []),
    next ? `Next: ${next.operation}, ${exact(next.at)}.` : 'Nothing due in the next 24 hours.',
  ].join(' ')
}

/** Every sixth hour of the viewer's day. */
function ticksAround(now: Instant): readonly Instant[] {
  const first = new Date(now - REACH)
  first.setMinutes(0, 0, 0)
  return Array.from({ length: (2 * REACH) / HOUR }, (_, n) => first.getTime() + (n + 1) * HOUR).filter(
    at => new Date(at).getHours() % 6 === 0,
  )
}

export function Axis({ now }: { readonly now: Instant }) {
  return (
    <svg class="axis" width="100%" height="30" aria-hidden="true">
      {ticksAround(now).map(at => {
        const isMidnight = new Date(at).getHours() === 0
        const place = placeOf(at, now)
        // At the edges there is no room for words, and in the middle stands the present.
        const hasRoom = place > 0.02 && place < 0.98
        return (
          <g key={at} class={isMidnight ? 'midnight' : `hour hour-${new Date(at).getHours()}`}>
            <line x1={percent(place)} x2={percent(place)} y1="24" y2="30" />
            {hasRoom && Math.abs(place - 0.5) > 0.03 && (
              <text x={percent(place)} y="20" text-anchor="middle">
                {isMidnight ? day(at) : clockTime(at)}
              </text>
            )}
          </g>
        )
      })}
      <text class="present" x="50%" y="9" text-anchor="middle">
        now
      </text>
      <line class="now" x1="50%" x2="50%" y1="22" y2="30" />
    </svg>
  )
}

/** What the shapes mean. */
export function Legend() {
  return (
    <ul class="legend" aria-label="What the marks mean">
      {(Object.keys(RESULTS) as Result[]).map(result => (
        <li key={result}>
          <Shape result={result} /> {RESULTS[result].word}
        </li>
      ))}
      <li>
        <svg class="shape" viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">
          <circle class="due" r="4" />
        </svg>{' '}
        due
      </li>
      <li>
        <svg viewBox="0 0 20 14" width="20" height="14" aria-hidden="true">
          <rect class="sleep" width="20" height="14" rx="3" />
        </svg>{' '}
        asleep
      </li>
    </ul>
  )
}
