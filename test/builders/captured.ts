import type { Io } from '../../src/cli/io.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Clock } from '../../src/lib/clock.ts'

/** What a command has written, and its exit status. */
export interface Captured {
  readonly status: number
  readonly out: string
  readonly err: string
}

export interface CaptureOptions {
  readonly clock: Clock
  readonly env?: Readonly<Record<string, string>>
  readonly isTTY?: boolean
  readonly signal?: AbortSignal
  readonly name?: string
  /** Contents of files, by name; `-` is standard input. */
  readonly files?: Readonly<Record<string, string>>
}

/** Runs `rota` with these words as in a shell. */
export async function captured(options: CaptureOptions, ...words: readonly string[]): Promise<Captured> {
  const { clock, env = {}, isTTY = false, signal = new AbortController().signal, name = 'rota', files = {} } = options
  const text = { out: '', err: '' }
  const to = (stream: 'out' | 'err') => ({
    isTTY,
    write: (more: string) => {
      text[stream] += more
    },
  })
  const io: Io = {
    clock,
    env,
    signal,
    out: to('out'),
    err: to('err'),
    read: file => {
      const found = files[file]
      if (found === undefined) throw new Error(`no such file: ${file}`)
      return found
    },
  }
  const about = { name, version: '1.2.3', controller: async () => undefined, prepareUninstall: async () => 0 }
  const status = await runProgram(words, io, about)
  return { status, ...text }
}
