import { listed } from '../lib/text.ts'
import { inWords, zoneWords } from './words.ts'

/** When a task runs, as its spec says it. */
interface Scheduled {
  /** `namespace/name`: what `H` is picked by. */
  readonly key: string
  readonly spec: {
    readonly schedule?: string
    readonly timeZone: string
    readonly dependsOn?: readonly { readonly name: string }[]
    readonly operation: { readonly sleep?: { readonly wakeSchedule?: string } }
  }
}

/** `every weekday at 20:00 in Berlin; wakes every weekday at 07:00`, `after backup and tests`, `on request`. */
export function whenInWords({ spec, key }: Scheduled): string {
  const { schedule, timeZone, dependsOn = [] } = spec
  if (schedule === undefined) {
    return dependsOn.length > 0 ? `after ${listed(dependsOn.map(({ name }) => name))}` : 'on request'
  }
  const wake = spec.operation.sleep?.wakeSchedule
  const main = `${said(schedule, key)}${zoneWords(timeZone)}`
  return wake === undefined ? main : `${main}; wakes ${said(wake, key)}`
}

/** What cannot be understood is shown as it is. */
function said(schedule: string, hashKey: string): string {
  try {
    return inWords(schedule, hashKey)
  } catch {
    return schedule
  }
}
