import type { ComponentChildren } from 'preact'
import { count } from '../lib/text.ts'
import type { TaskView } from '../server/shapes.ts'
import { useTime } from './clock.ts'
import { asleep, nextOf, STATES } from './overview-of.ts'
import { cores, memory } from './quantity.ts'
import { overviewAddress } from './route.ts'
import { When } from './when.tsx'

/** The row of numbers; each leads to the tasks that it is about. */
export function Figures({ tasks, failing }: { readonly tasks: readonly TaskView[]; readonly failing: number }) {
  const running = tasks.filter(STATES.running.is).length
  const waiting = tasks.filter(STATES.waiting.is).length
  const sleepers = tasks.flatMap(({ sleeping }) => sleeping ?? [])
  const workloads = sleepers.reduce((sum, { workloads }) => sum + workloads, 0)
  const cpu = sleepers.reduce((sum, { cpu_cores }) => sum + cpu_cores, 0)
  const bytes = sleepers.reduce((sum, { memory_bytes }) => sum + memory_bytes, 0)
  const due = useTime(now => nextOf(tasks, now)?.at ?? '')
  const next = due === '' ? undefined : nextOf(tasks, Date.parse(due))
  return (
    <ul class="figures">
      <Figure label="Running now" state="running" tone={running > 0 ? 'active' : undefined} value={running}>
        {waiting > 0 ? `${waiting} waiting` : 'none waiting'}
      </Figure>
      <Figure label="Failing" state="failing" tone={failing > 0 ? 'bad' : undefined} value={failing}>
        of {count(tasks.length, 'task')}
      </Figure>
      <Figure
        label={asleep(tasks).length === 1 ? 'Namespace asleep' : 'Namespaces asleep'}
        state="asleep"
        tone={sleepers.length > 0 ? 'sleep' : undefined}
        value={asleep(tasks).length}
      >
        {count(workloads, 'workload')} off
      </Figure>
      <Figure label="Saved now" state="asleep" value={cores(cpu)}>
        and {memory(bytes)} of requests
      </Figure>
      <Figure label="Next" value={next ? <When at={next.at} /> : '–'}>
        {next ? `${next.operation}, ${next.task.task_id}` : 'nothing in the next 24 hours'}
      </Figure>
    </ul>
  )
}

interface FigureProps {
  readonly label: string
  readonly value: ComponentChildren
  readonly state?: keyof typeof STATES
  readonly tone?: string | undefined
  readonly children: ComponentChildren
}

function Figure({ label, value, state, tone, children }: FigureProps) {
  const inside = (
    <>
      <span class="label">{label}</span>
      <strong class={tone && `tone-${tone}`}>{value}</strong>
      <span class="detail">{children}</span>
    </>
  )
  return <li>{state ? <a href={overviewAddress({ state })}>{inside}</a> : <div>{inside}</div>}</li>
}
