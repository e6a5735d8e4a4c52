import type { ComponentChildren } from 'preact'
import { count, listed } from '../lib/text.ts'
import type { TaskView } from '../server/shapes.ts'
import { cores, memory, rounded } from './quantity.ts'
import { taskAddress } from './route.ts'
import { When } from './when.tsx'

/** What the task is, what it holds asleep, and its conditions. */
export function Facts({ task }: { readonly task: TaskView }) {
  const { sleeping, saved } = task
  return (
    <section class="panel" aria-labelledby="facts">
      <h2 id="facts">The task</h2>
      <dl class="facts">
        <Fact name="Command">
          <code>{task.command}</code>
        </Fact>
        <Fact name="Schedule">{task.schedule && <code>{task.schedule}</code>}</Fact>
        <Fact name="Wakes">{task.wake_schedule && <code>{task.wake_schedule}</code>}</Fact>
        <Fact name="Time zone">{task.schedule && task.time_zone}</Fact>
        <Fact name="After">
          {task.depends_on.length > 0 &&
            task.depends_on.map(name => (
              <a key={name} class="after" href={taskAddress(`${task.namespace}/${name}`)}>
                {name}
              </a>
            ))}
        </Fact>
        <Fact name="Acts as">
          {task.namespace}/{task.service_account}
        </Fact>
        <Fact name="Cost center">{task.cost_center}</Fact>
        <Fact name="Held until">{task.hold_until && <When at={task.hold_until} />}</Fact>
        <Fact name="Last success">
          <When at={task.last_success} />
        </Fact>
        <Fact name="Last failure">
          <When at={task.last_failure} />
        </Fact>
        <Fact name="Asleep">
          {sleeping && (
            <>
              {listed(sleeping.namespaces)}: {count(sleeping.workloads, 'workload')}, {cores(sleeping.cpu_cores)},{' '}
              {memory(sleeping.memory_bytes)}
              {sleeping.since && (
                <>
                  , since <When at={sleeping.since} />
                </>
              )}
            </>
          )}
        </Fact>
        <Fact name="Saved in all">
          {(saved.cpu_core_hours > 0 || saved.memory_gib_hours > 0) &&
            `${rounded(saved.cpu_core_hours)} core-hours, ${rounded(saved.memory_gib_hours)} GiB-hours`}
        </Fact>
      </dl>
      {task.conditions.length > 0 && (
        <>
          <h3>Conditions</h3>
          <dl class="facts">
            {task.conditions.map(({ type, status, reason, message }) => (
              <Fact key={type} name={type}>
                {status}, {reason}
                <span class="detail">{message}</span>
              </Fact>
            ))}
          </dl>
        </>
      )}
    </section>
  )
}

/** Nothing where there is nothing to say. */
function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  if (children === null || children === false || children === '') return null
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
