#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { controllerCommand, type Flags } from './cli/controller.ts'
import { compose } from './compose.ts'
import { ConfigError, configOf } from './config.ts'
import { interruption } from './interruption.ts'
import { systemClock } from './system-clock.ts'
import { VERSION } from './version.ts'

/** Exit status for flags, variables and commands that cannot be used. */
const MISUSE = 2

async function controller(flags: Flags): Promise<void> {
  const operator = await compose(configOf(flags, process.env), { clock: systemClock(), logs: process.stdout })
  interruption(['SIGTERM', 'SIGINT']).addEventListener('abort', () => {
    void operator.stop().then(() => process.exit(0))
  })
}

const program = new Command('rota')
  .description('runs namespace operations on a schedule')
  .version(VERSION)
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'rota: ')) })
const command = controllerCommand(controller)
command.copyInheritedSettings(program)
program.addCommand(command)

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : MISUSE)
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`rota: ${message}\n`)
  process.exit(error instanceof ConfigError ? MISUSE : 1)
}
