import { count } from '../lib/text.ts'
import type { TaskView } from '../server/shapes.ts'
import { asleep, savings } from './overview-of.ts'
import { cores, memory, rounded } from './quantity.ts'

/** What sleeps, and what that saves by cost center. */
export function Savings({ tasks }: { readonly tasks: readonly TaskView[] }) {
  const found = savings(tasks)
  const names = asleep(tasks)
  const shown = names.slice(0, 12)
  const most = Math.max(...found.map(({ cores }) => cores), 0)
  return (
    <section class="panel" aria-labelledby="savings">
      <h2 id="savings">Asleep, and what it saves</h2>
      {names.length === 0 && <p class="none">Nothing sleeps at the moment.</p>}
      <ul class="chips" aria-label="Namespaces that sleep">
        {shown.map(name => (
          <li key={name} class="chip tone-sleep">
            {name}
          </li>
        ))}
        {shown.length < names.length && <li class="chip">{names.length - shown.length} more</li>}
      </ul>
      {found.length > 0 && (
        <table class="savings">
          <thead>
            <tr>
              <th scope="col">Cost center</th>
              <th scope="col">Not running now</th>
              <th scope="col" class="right">
                Saved in all
              </th>
            </tr>
          </thead>
          <tbody>
            {found.map(saving => (
              <tr key={saving.costCenter}>
                <th scope="row">
                  {saving.costCenter || <span class="none">none</span>}
                  <span class="detail">
                    {saving.namespaces > 0 ? count(saving.namespaces, 'namespace') : 'all awake'}
                  </span>
                </th>
                <td>
                  {saving.cores > 0 || saving.bytes > 0 ? `${cores(saving.cores)}, ${memory(saving.bytes)}` : '–'}
                  {most > 0 && (
                    <svg class="bar" width="100%" height="4" aria-hidden="true">
                      <rect width={`${(100 * saving.cores) / most}%`} height="4" rx="2" />
                    </svg>
                  )}
                </td>
                <td class="right">
                  {rounded(saving.coreHours)} core-h
                  <span class="detail">{rounded(saving.gibHours)} GiB-h</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
