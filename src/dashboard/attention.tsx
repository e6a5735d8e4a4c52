import { useState } from 'preact/hooks'
import { Message } from './message.tsx'
import type { Trouble } from './overview-of.ts'
import { taskAddress } from './route.ts'
import { When } from './when.tsx'

const FEW = 6

/** What failed and why: the first thing that one sees. */
export function Attention({ troubles }: { readonly troubles: readonly Trouble[] }) {
  const [isWhole, setWhole] = useState(false)
  const shown = isWhole ? troubles : troubles.slice(0, FEW)
  return (
    <section class="panel" aria-labelledby="attention">
      <h2 id="attention">Needs attention</h2>
      {troubles.length === 0 && <p class="none">Nothing has failed in the past 24 hours.</p>}
      <ul class="troubles">
        {shown.map(trouble => (
          <Item key={trouble.task.uid} trouble={trouble} />
        ))}
      </ul>
      {shown.length < troubles.length && (
        <button type="button" onClick={() => setWhole(true)}>
          Show {troubles.length - shown.length} more
        </button>
      )}
    </section>
  )
}

function Item({ trouble: { task, when, headline, since, message } }: { readonly trouble: Trouble }) {
  return (
    <li class={when === 'Now' ? 'trouble' : 'trouble over'}>
      <p>
        <a href={taskAddress(task.task_id)}>{task.title ?? task.name}</a> <span class="id">{task.task_id}</span>
      </p>
      <p class="headline">
        {headline}
        {since && (
          <>
            {' · '}
            <When at={since} />
          </>
        )}
      </p>
      {message && <Message text={message} />}
      {!message && (
        <p>
          <a href={taskAddress(task.task_id)}>See what happened</a>
        </p>
      )}
    </li>
  )
}
