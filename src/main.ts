#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Flags } from './cli/controller.ts'
import { CommandError, type Io, MISUSE } from './cli/io.ts'
import type { UninstallFlags } from './cli/prepare-uninstall.ts'
import { runProgram } from './cli/program.ts'
import { interruption } from './interruption.ts'
import { messageOf } from './lib/text.ts'
import type { PageFiles } from './server/page.ts'
import { systemClock } from './system-clock.ts'
import { together } from './telemetry/together.ts'
import { VERSION } from './version.ts'

/** Put in by build.ts. */
declare const DASHBOARD: PageFiles

async function controller(flags: Flags): Promise<void> {
  const [{ compose }, { ConfigError, configOf }] = await Promise.all([import('./compose.ts'), import('./config.ts')])
  try {
    const logs = together(process.stdout)
    process.on('exit', logs.flush)
    const operator = await compose(configOf(flags, process.env), {
      clock: io.clock,
      logs,
      page: DASHBOARD,
    })
    await new Promise(resolve => io.signal.addEventListener('abort', resolve, { once: true }))
    await operator.stop()
    process.exit(0)
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message, MISUSE)
    throw error
  }
}

async function prepareUninstall(flags: UninstallFlags): Promise<number> {
  const [{ farewell }, { ConfigError, configOf }] = await Promise.all([import('./farewell.ts'), import('./config.ts')])
  try {
    const { kubeconfig, namespace, shards } = flags
    return await farewell(configOf({ kubeconfig, namespace, shards, port: '0' }, process.env), io, flags)
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message, MISUSE)
    throw error
  }
}

// Whoever reads the output may have seen enough, as head has.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const io: Io = {
  clock: systemClock(),
  out: process.stdout,
  err: process.stderr,
  env: process.env,
  signal: interruption(['SIGTERM', 'SIGINT']),
  read: file => readFileSync(file === '-' ? 0 : file, 'utf8'),
}
const isPlugin = basename(process.argv[1] ?? '').startsWith('kubectl-')

try {
  process.exitCode = await runProgram(process.argv.slice(2), io, {
    name: isPlugin ? 'kubectl rota' : 'rota',
    version: VERSION,
    controller,
    prepareUninstall,
  })
} catch (error) {
  process.stderr.write(`rota: ${messageOf(error)}\n`)
  process.exitCode = 1
}
