import { count } from '../lib/text.ts'
import { complaintsIn, readFiles } from './files.ts'
import { DONE, FAILED, type Io } from './io.ts'

/** `rota validate`: checks manifests without a cluster; `file:line: what is wrong` for each mistake, and status 1. */
export function validate(io: Io, given: readonly string[], output: string): number {
  const files = readFiles(io, given)
  const complaints = complaintsIn(io, files)
  const sum = (amount: (file: (typeof files)[number]) => number) => files.reduce((all, file) => all + amount(file), 0)
  if (output === 'json') io.out.write(`${JSON.stringify(complaints.json)}\n`)
  else {
    for (const line of complaints.lines) io.out.write(line)
    const tasks = sum(file => file.tasks.length)
    const skipped = sum(file => file.skipped)
    io.err.write(summary(tasks, skipped, complaints.lines.length))
  }
  return complaints.lines.length === 0 ? DONE : FAILED
}

function summary(tasks: number, skipped: number, mistakes: number): string {
  const others = skipped > 0 ? `, ${count(skipped, 'other object')} passed over` : ''
  return `${count(tasks, 'ScheduledTask')}${others}: ${mistakes === 0 ? 'no mistakes' : count(mistakes, 'mistake')}\n`
}
