import { Command } from 'commander'

/** Settings as typed: by the name of the flag, without the dashes. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>

/** How the operator, and what takes its place, reaches the API server: flag and description. */
export const KUBECONFIG = [
  '--kubeconfig <file>',
  'how to reach the API server (default: KUBECONFIG, ~/.kube/config, the pod itself)',
] as const

/** For a flag that may be given several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

/** `rota controller`: parses flags; what they mean is checked by `config.ts`. */
export function controllerCommand(run: (flags: Flags) => Promise<void>): Command {
  return new Command('controller')
    .description('run the operator')
    .option(...KUBECONFIG)
    .option('--namespace <name>', 'only tasks of this namespace; repeatable (default: all)', repeated)
    .option('--port <number>', 'probes and metrics (default: 8080)')
    .option('--insecure-local [boolean]', 'no authentication, and listen on loopback only (default: false)')
    .option('--cross-namespace [boolean]', 'tasks may work on other namespaces than their own (default: true)')
    .option('--leader-elect [boolean]', 'compete for a lease, so that only one replica works (default: true)')
    .option('--shards <number>', 'leases to divide the namespaces by, so that replicas share the work (default: 1)')
    .option('--task-metrics [boolean]', 'three series of metrics for each task (default: false)')
    .option('--identity <name>', 'how this process signs leases and runs (default: the host name)')
    .option('--shutdown-grace <seconds>', 'how long runs may still take after SIGTERM (default: 25)')
    .option('--log-format <format>', 'json or text (default: json)')
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .option('--max-task-workers <number>', 'attempts in progress at once; MAX_TASK_WORKERS (default: 5)')
    .option(
      '--task-workers-limit <number>',
      'how many these may become while runs wait; TASK_WORKERS_LIMIT (default: 64, or --max-task-workers if set)',
    )
    .option('--task-timeout-seconds <number>', 'for each attempt; TASK_TIMEOUT_SECONDS (default: 300)')
    .option('--task-max-retries <number>', 'attempts in all; TASK_MAX_RETRIES (default: 3)')
    .option('--task-retry-delay-seconds <number>', 'before the second attempt; TASK_RETRY_DELAY_SECONDS (default: 10)')
    .action(options => run(asFlags(options as Readonly<Record<string, string | readonly string[] | true>>)))
}

/** commander camel-cases the names of options, and gives `true` for one without its optional value. */
function asFlags(options: Readonly<Record<string, string | readonly string[] | true>>): Flags {
  const entries = Object.entries(options).map(([name, value]) => {
    const flag = name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
    return [flag, value === true ? 'true' : value] as const
  })
  return Object.fromEntries(entries)
}
