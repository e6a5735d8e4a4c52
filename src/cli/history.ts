import type { HistoryEntry } from '../api/task.ts'
import { took } from '../lib/took.ts'
import { type ClusterFlags, taskAccess } from './access.ts'
import { CommandError, DONE, type Io } from './io.ts'
import { colourOf, type Paint, painter } from './paint.ts'
import { table } from './table.ts'

/** `rota history`: past runs, newest first, as status keeps them; with a run's id all about that one. */
export async function history(io: Io, name: string, run: string | undefined, flags: ClusterFlags): Promise<number> {
  const access = await taskAccess(io, name, flags)
  try {
    const { status, spec } = await access.read()
    const entries = status?.history ?? []
    const paint = painter(io, io.out)
    if (run !== undefined) {
      const entry = entries.find(({ id }) => id.startsWith(run))
      if (!entry)
        throw new CommandError(
          `${access.key} has no record of a run ${run}: it keeps ${entries.length} (spec.historyLimit: ${spec.historyLimit})`,
        )
      io.out.write(flags.output === 'json' ? `${JSON.stringify(entry)}\n` : inFull(entry, paint))
      return DONE
    }
    if (flags.output === 'json') io.out.write(`${JSON.stringify(entries)}\n`)
    else if (entries.length > 0)
      io.out.write(
        table(
          HEAD,
          entries.map(entry => row(entry, paint)),
        ),
      )
    else io.err.write(`${access.key} has no history${spec.historyLimit === 0 ? ': spec.historyLimit is 0' : ' yet'}\n`)
    return DONE
  } finally {
    await access.close()
  }
}

const HEAD = ['RUN', 'SLOT', 'OPERATION', 'REASON', 'RESULT', 'TOOK', 'ATTEMPTS', 'CHANGED', 'MESSAGE']

function row(entry: HistoryEntry, paint: Paint): readonly string[] {
  const { id, slotTime, operation, reason, result, resultReason, durationMilliseconds: duration } = entry
  return [
    id,
    slotTime,
    operation,
    reason,
    paint(colourOf(result), `${result}${resultReason && resultReason !== 'Completed' ? ` (${resultReason})` : ''}`),
    duration === undefined ? '-' : took(duration),
    entry.attempts ? String(entry.attempts) : '-',
    entry.attempts ? String(entry.changed ?? 0) : '-',
    oneLine(entry),
  ]
}

type Told = Pick<HistoryEntry, 'operation' | 'error' | 'output' | 'count'>

/** Of the log of a Job the end tells, of everything else the beginning. */
export function oneLine({ error, output, count, operation }: Told): string {
  const lines = (error ?? output ?? '').split('\n')
  const isLog = error === undefined && operation === 'job'
  const more = lines.length > 1 ? `; ${lines.length - 1} ${isLog ? 'before it' : 'more'}` : ''
  return `${count === undefined ? '' : `${count} slots: `}${lines.at(isLog ? -1 : 0)}${more}`
}

function inFull(entry: HistoryEntry, paint: Paint): string {
  const { output, error, result, ...rest } = entry
  const width = Math.max(...Object.keys(rest).map(({ length }) => length))
  const shown = Object.entries({ ...rest, result: paint(colourOf(result), result) }).map(
    ([name, value]) => `${name.padEnd(width)}   ${Array.isArray(value) ? value.join(', ') : String(value)}\n`,
  )
  const text = [error && `\n${paint('red', error)}\n`, output && `\n${output}\n`].filter(part => part !== undefined)
  return [...shown, ...text].join('')
}
