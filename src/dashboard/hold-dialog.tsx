import { useState } from 'preact/hooks'
import { HOUR, type Instant, rfc3339 } from '../lib/instant.ts'
import type { TaskView } from '../server/shapes.ts'
import { now } from './clock.ts'
import { Confirm } from './confirm.tsx'
import { exact } from './when.tsx'

const CHOICES = [
  { word: '1 hour', hours: 1 },
  { word: '4 hours', hours: 4 },
  { word: '1 day', hours: 24 },
  { word: '1 week', hours: 168 },
] as const

interface HoldDialogProps {
  readonly task: TaskView
  /** With `null` the hold ends. */
  readonly hold: (until: string | null) => void
  readonly close: () => void
}

/** No scheduled runs until a time; it ends by itself. */
export function HoldDialog({ task, hold, close }: HoldDialogProps) {
  const [choice, setChoice] = useState('1')
  const [other, setOther] = useState(() => forInput(now() + 12 * HOUR))
  const until = choice === 'other' ? Date.parse(other) : now() + Number(choice) * HOUR
  const confirm = () => {
    if (choice === 'none') hold(null)
    else if (!Number.isNaN(until)) hold(rfc3339(until))
  }
  const option = (value: string, word: string) => (
    <label class="choice" key={value}>
      <input type="radio" name="until" value={value} checked={choice === value} onChange={() => setChoice(value)} />{' '}
      {word}
    </label>
  )
  return (
    <Confirm
      title={`Hold ${task.task_id}?`}
      word={choice === 'none' ? 'End the hold' : 'Hold'}
      confirm={confirm}
      close={close}
    >
      <p>No scheduled run starts while it is held. Runs on request do.</p>
      <fieldset>
        <legend>For how long</legend>
        {CHOICES.map(({ word, hours }) => option(String(hours), word))}
        {option('other', 'until another time')}
        {task.hold_until && option('none', 'not any longer')}
      </fieldset>
      {choice === 'other' && (
        <p>
          <label for="hold-until">Until</label>{' '}
          <input
            id="hold-until"
            type="datetime-local"
            required
            value={other}
            onInput={event => setOther(event.currentTarget.value)}
          />
        </p>
      )}
      {choice !== 'none' && !Number.isNaN(until) && <p class="detail">That is until {exact(until)}.</p>}
    </Confirm>
  )
}

/** As an input of a local time wants it: `2026-11-25T20:00`. */
function forInput(at: Instant): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000)
  return local.toISOString().slice(0, 16)
}
