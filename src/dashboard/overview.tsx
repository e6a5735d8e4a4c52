import { span } from '../lib/relative.ts'
import type { TaskView } from '../server/shapes.ts'
import { Attention } from './attention.tsx'
import { useTime } from './clock.ts'
import { CopyLine } from './copy-line.tsx'
import { Figures } from './figures.tsx'
import { nextOf, troubles } from './overview-of.ts'
import { tasksThat } from './quantity.ts'
import type { Filter } from './route.ts'
import { Running } from './running.tsx'
import { Savings } from './savings.tsx'
import { TaskList } from './task-list.tsx'

/** What runs, what comes, what failed and why, what sleeps: at a glance, the worst first. */
export function Overview({ tasks, filter }: { readonly tasks: readonly TaskView[]; readonly filter: Filter }) {
  const found = troubles(tasks)
  const failing = found.filter(({ when }) => when === 'Now')
  const quiet = useTime(now => {
    const next = nextOf(tasks, now)
    if (!next) return 'All is well; nothing is due in the next 24 hours'
    return `All is well; next is ${next.operation} in ${span(Date.parse(next.at) - now)}`
  })
  if (tasks.length === 0) return <NoTasks />
  return (
    <>
      <h1>{failing.length > 0 ? tasksThat(failing.length, 'needs attention', 'need attention') : quiet}</h1>
      <Figures tasks={tasks} failing={failing.length} />
      <div class="columns">
        <Attention troubles={found} />
        <div class="column">
          <Running tasks={tasks} />
          <Savings tasks={tasks} />
        </div>
      </div>
      <TaskList tasks={tasks} filter={filter} />
    </>
  )
}

function NoTasks() {
  return (
    <section class="gate">
      <h1>No tasks yet</h1>
      <p>
        There is no ScheduledTask that you may see. As soon as one is applied it appears here; the samples show one of
        each kind:
      </p>
      <CopyLine text="kubectl apply -f deploy/samples/namespaces -f deploy/samples/tasks" />
      <p>What every field means:</p>
      <CopyLine text="kubectl explain scheduledtask.spec" />
    </section>
  )
}
