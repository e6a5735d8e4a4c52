import { Command, CommanderError, Option } from 'commander'
import { controllerCommand, type Flags } from './controller.ts'
import { CommandError, type Io, MISUSE } from './io.ts'
import { prepareUninstallCommand, type UninstallFlags } from './prepare-uninstall.ts'

/** What the program is called, and what only the whole of it can do. */
export interface About {
  /** `rota`, or `kubectl rota` as its plugin. */
  readonly name: string
  readonly version: string
  /** `rota controller`: resolves when it has ended. */
  controller(flags: Flags): Promise<void>
  /** `rota prepare-uninstall`: the exit status. */
  prepareUninstall(flags: UninstallFlags): Promise<number>
}

/** Runs one command; answers the exit status. Each command's code is loaded only when it is called. */
export async function runProgram(argv: readonly string[], io: Io, about: About): Promise<number> {
  let status = 0
  const act = async (command: () => Promise<number>) => {
    status = await command()
  }
  const program = new Command(about.name)
    .description('runs namespace operations on a schedule')
    .version(about.version)
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: text => io.out.write(text),
      writeErr: text => io.err.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, 'rota: ')),
      getOutHasColors: () => io.out.isTTY === true,
    })
  for (const command of commands(io, about, act)) {
    command.copyInheritedSettings(program)
    program.addCommand(command)
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : MISUSE
    if (error instanceof CommandError) io.err.write(`rota: ${error.message}\n`)
    if (io.signal.aborted) return INTERRUPTED
    if (error instanceof CommandError) return error.status
    throw error
  }
}

/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130

type Act = (command: () => Promise<number>) => Promise<void>

function commands(io: Io, about: About, act: Act): readonly Command[] {
  const { name } = about
  const health = new Command('health')
    .description('whether an operator is ready')
    .argument('[url]', 'where it listens', 'http://localhost:8080')
    .helpGroup('Operator:')
    .action(url => act(async () => (await import('./health.ts')).health(io, url)))
  return [
    controllerCommand(flags => about.controller(flags)).helpGroup('Operator:'),
    prepareUninstallCommand(flags => act(() => about.prepareUninstall(flags))).helpGroup('Operator:'),
    health,
    ...offline(name, io, act),
    ...requests(name, io, act),
    ...questions(name, io, act),
  ]
}

function offline(name: string, io: Io, act: Act): readonly Command[] {
  const next = new Command('next')
    .description('when a schedule runs next; needs no cluster')
    .argument('<cron>', 'five cron fields or a macro, in quotes')
    .option('--time-zone <zone>', 'IANA name', 'UTC')
    .option('--from <time>', 'RFC 3339; slots after it (default: now)')
    .option('-n, --number <count>', 'how many', '5')
    .option('--skipped-time <policy>', 'RunAfter or Skip: a local time that does not exist that day', 'RunAfter')
    .option('--repeated-time <policy>', 'First, Last or Both: a local time that comes twice', 'First')
    .option('--hash-key <namespace/name>', 'the task, which picks the values of H')
    .addOption(output())
    .helpGroup('Without a cluster:')
    .action((cron, flags) => act(async () => (await import('./next.ts')).next(io, cron, flags)))
  const validate = new Command('validate')
    .description('check manifests of ScheduledTasks; needs no cluster')
    .requiredOption('-f, --filename <file...>', 'files or folders; - is standard input')
    .addOption(output())
    .helpGroup('Without a cluster:')
    .action(flags => act(async () => (await import('./validate.ts')).validate(io, flags.filename, flags.output)))
  return [
    examples(next, [
      [`${name} next "0 20 * * 1-5" --time-zone Europe/Berlin`, 'the next five evenings'],
      [
        `${name} next "30 2 * * *" --time-zone Europe/Berlin --from 2027-03-27T00:00:00Z -n 3`,
        'over a change of the clocks',
      ],
      [`${name} next "H H * * *" --hash-key team-a/nights-off -o json`, 'for scripts'],
    ]),
    examples(validate, [
      [`${name} validate -f nights-off.yaml`, 'one file'],
      [`${name} validate -f deploy/ -o json`, 'a folder, for scripts'],
    ]),
  ]
}

function requests(name: string, io: Io, act: Act): readonly Command[] {
  const load = () => import('./request.ts')
  const request = (verb: string, description: string) =>
    onCluster(new Command(verb).description(description).argument('<name>', 'a ScheduledTask: NAME, or namespace/name'))
      .option('--wait', 'follow it to its end, and exit with its result')
      .option('--timeout <duration>', 'how long --wait waits', '10m')
      .helpGroup('Requests:')
  const token = (command: Command) =>
    command.option('--token <token>', 'of your own choice; the same token is never acted on twice')
  return [
    examples(
      token(request('run', 'run now, whatever suspend, hold, breaker and dependencies say')).action((task, flags) =>
        act(async () => (await load()).run(io, task, flags)),
      ),
      [
        [`${name} run nights-off -n team-a`, 'ask for a run'],
        [`${name} run team-a/nights-off --wait --timeout 15m`, 'and wait for its result (status 0 when it succeeded)'],
      ],
    ),
    examples(
      token(request('wake', 'wake what a sleep task has put to sleep, until its next sleep')).action((task, flags) =>
        act(async () => (await load()).wake(io, task, flags)),
      ),
      [[`${name} wake team-a/nights-off --wait`, 'work late tonight']],
    ),
    examples(
      token(request('cancel', 'cancel the active or waiting run; what it has changed stays'))
        .option('--run <id>', 'only this run')
        .action((task, flags) => act(async () => (await load()).cancel(io, task, flags))),
      [
        [`${name} cancel team-a/nights-off --wait`, 'and wait until it has ended'],
        [`${name} cancel team-a/nights-off --run 0123456789abcdef`, 'only if that run is the one'],
      ],
    ),
    examples(
      request('suspend', 'no new runs, until it is resumed').action((task, flags) =>
        act(async () => (await load()).suspend(io, task, flags, true)),
      ),
      [[`${name} suspend team-a/nights-off`, 'sets spec.suspend']],
    ),
    examples(
      request('resume', 'schedule again: ends a suspension and a hold; nothing runs for the time in between').action(
        (task, flags) => act(async () => (await load()).suspend(io, task, flags, false)),
      ),
      [[`${name} resume team-a/nights-off --wait`, 'and wait until the operator has seen it']],
    ),
    examples(
      request('hold', 'no scheduled runs until a time; needs no edit in Git and ends by itself')
        .option('--until <time>', 'RFC 3339')
        .option('--for <duration>', 'such as 90m, 2h or 3d; 366d at most')
        .action((task, flags) => act(async () => (await load()).hold(io, task, flags))),
      [
        [`${name} hold team-a/nights-off --until 2026-11-24T22:00:00+01:00`, 'sleep later tonight'],
        [`${name} hold team-a/nights-off --for 3d`, 'not this weekend'],
      ],
    ),
  ]
}

function questions(name: string, io: Io, act: Act): readonly Command[] {
  const task = ['<name>', 'a ScheduledTask: NAME, or namespace/name'] as const
  return [
    examples(
      onCluster(
        new Command('get').description('tasks as a table: the last ten results, times from now and in your zone'),
      )
        .argument('[name]', 'a ScheduledTask: NAME, or namespace/name (default: all of the namespace)')
        .option('-A, --all-namespaces', 'of all namespaces')
        .helpGroup('Questions:')
        .action((of, flags) => act(async () => (await import('./get.ts')).get(io, of, flags))),
      [
        [`${name} get -A`, 'all tasks'],
        [`TZ=Europe/Berlin ${name} get -n team-a`, 'in the time of Berlin'],
      ],
    ),
    examples(
      onCluster(new Command('history').description('past runs, newest first'))
        .argument(...task)
        .argument('[run]', 'all about this run')
        .helpGroup('Questions:')
        .action((of, run, flags) => act(async () => (await import('./history.ts')).history(io, of, run, flags))),
      [
        [`${name} history nights-off -n team-a`, 'as a table'],
        [`${name} history team-a/nights-off 0123456789abcdef`, 'output and error of one run'],
      ],
    ),
    examples(
      onCluster(new Command('why').description('why does it run, or not?'))
        .argument(...task)
        .helpGroup('Questions:')
        .action((of, flags) => act(async () => (await import('./why.ts')).why(io, of, flags))),
      [[`${name} why team-a/nights-off`, 'the rule that decides now, in words']],
    ),
    examples(
      onCluster(
        new Command('preview').description('when it runs next, and what a run would change now; changes nothing'),
      )
        .argument('[name]', 'a ScheduledTask: NAME, or namespace/name')
        .option('-f, --filename <file...>', 'manifests instead: files or folders; - is standard input')
        .option('--as-task', "look with the rights of the task's account, not with your own")
        .addHelpText('after', `\n${STATUSES}`)
        .helpGroup('Questions:')
        .action((of, flags) => act(async () => (await import('./preview.ts')).preview(io, of, flags))),
      [
        [`${name} preview team-a/nights-off`, 'object by object, and which rights its account lacks'],
        [`${name} preview -f nights-off.yaml --as-task`, 'before it is applied, with the rights of its account'],
      ],
    ),
  ]
}

/** Of `preview`. */
const STATUSES =
  'Status: 0 when every run would succeed; 1 when one would fail, when rights are missing, when something that decides it\n' +
  'may not be seen, or for a manifest that is not valid; 2 for what cannot be understood.'

function onCluster(command: Command): Command {
  return command
    .option('-n, --namespace <name>', "of the task (default: the context's)")
    .option('--context <name>', 'of the kubeconfig (default: its current one)')
    .option('--kubeconfig <file>', 'how to reach the cluster (default: as kubectl)')
    .addOption(output())
}

function output(): Option {
  return new Option('-o, --output <format>', 'for people or for machines').choices(['text', 'json']).default('text')
}

function examples(command: Command, lines: readonly (readonly [string, string])[]): Command {
  const width = Math.max(...lines.map(([line]) => line.length))
  const text = lines.map(([line, says]) => `  ${line.padEnd(width)}   # ${says}`).join('\n')
  return command.addHelpText('after', `\nExamples:\n${text}`)
}
