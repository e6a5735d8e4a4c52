import { Command } from 'commander'
import { KUBECONFIG, repeated } from './controller.ts'

/** As typed. */
export interface UninstallFlags {
  readonly kubeconfig?: string
  readonly namespace?: readonly string[]
  readonly shards?: string
  readonly deployment?: string
  readonly timeout: string
  readonly leaveAsleep?: true
}

/** `rota prepare-uninstall`: all that is left to do before Rota goes. */
export function prepareUninstallCommand(run: (flags: UninstallFlags) => Promise<void>): Command {
  return new Command('prepare-uninstall')
    .description('stop the operator, wake what it has put to sleep, and let go of all tasks')
    .option(...KUBECONFIG)
    .option('--namespace <name>', 'only tasks of this namespace, as the operator; repeatable (default: all)', repeated)
    .option('--shards <number>', 'as the operator (default: 1)')
    .option('--deployment <name>', "the operator's, in Rota's own namespace: scaled to 0 first, and back if this fails")
    .option('--timeout <duration>', 'for all of it', '4m')
    .option('--leave-asleep', 'let go of the tasks also where something cannot be woken')
    .action(run)
}
