import { styleText } from 'node:util'
import type { Happening } from './happenings.ts'
import type { Look } from './look.ts'
import { aligned, fitted } from './table.ts'
import { rowOf, WORKLOAD_HEADER, type WorkloadRow } from './workloads.ts'

export type Style = Parameters<typeof styleText>[0]
/** Colours where the output can show them; NO_COLOR is respected. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

const MOODS: Readonly<Record<WorkloadRow['mood'], Style>> = { Asleep: 'blue', Moving: 'yellow', Steady: 'reset' }

/** The tasks as kubectl shows them. */
export function taskLines({ table }: Look, width: number): readonly string[] {
  const [header = '', ...rows] = fitted(table, width)
  return [
    styled('cyan', '$ kubectl get scheduledtasks -A'),
    styled('bold', header.slice(0, width)),
    ...rows.map(row =>
      row
        .slice(0, width)
        .replace('Succeeded', word => styled('green', word))
        .replace(/Failed|TimedOut|Stalled/, word => styled('red', word)),
    ),
  ]
}

/** The workloads, with those asleep marked. */
export function workloadLines({ workloads }: Look, width: number): readonly string[] {
  const rows = workloads.map(rowOf).sort((a, b) => a.cells.slice(0, 2).join().localeCompare(b.cells.slice(0, 2).join()))
  const [header = '', ...lines] = aligned([WORKLOAD_HEADER, ...rows.map(({ cells }) => cells)])
  return [
    styled('bold', header.slice(0, width)),
    ...lines.map((line, n) => styled(MOODS[rows[n]?.mood ?? 'Steady'], line.slice(0, width))),
  ]
}

/** `00:32:00  team-a/nights-off  slept 1 CronJob, 3 Deployments and 1 StatefulSet`. */
export function happeningLine({ task, time, result, says }: Happening, width: number): string {
  const start = `${time.slice(11, 19)}  ${task}  `
  const style = result === 'Succeeded' ? 'green' : result === 'Failed' || result === 'TimedOut' ? 'red' : 'yellow'
  const room = Math.max(0, width - start.length)
  return start + styled(style, says.length > room ? `${says.slice(0, Math.max(0, room - 1))}…` : says)
}
