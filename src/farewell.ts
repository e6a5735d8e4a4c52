import type { Fact } from './api/facts.ts'
import { faultIn } from './api/fault.ts'
import { CommandError, DONE, FAILED, type Io } from './cli/io.ts'
import type { UninstallFlags } from './cli/prepare-uninstall.ts'
import { timeoutOf } from './cli/time.ts'
import { compose, type Operator } from './compose.ts'
import type { Config } from './config.ts'
import type { Leaving } from './decide/decision.ts'
import { holdsAsleep, isUnfinished } from './decide/parting.ts'
import type { Task } from './decide/task.ts'
import { Client } from './kube/client.ts'
import { connect } from './kube/connection.ts'
import { type Replicas, replicasOf } from './kube/deployment.ts'
import { deleteLease } from './kube/leases.ts'
import { unlessGone } from './kube/unless-gone.ts'
import { pause } from './lib/clock.ts'
import { SECOND } from './lib/instant.ts'
import { count, messageOf } from './lib/text.ts'
import { podNamespace } from './pod-namespace.ts'

/** What comes after the last moment for waking: the ends of runs, and letting go. */
const AFTERWARDS = 15 * SECOND
const LOOK_PERIOD = SECOND / 5

/**
 * `rota prepare-uninstall`: takes the place of the operator, wakes what sleeps, takes the finalizer off all tasks, and says
 * what is left asleep. If that is anything, the operator is there again afterwards. Answers the exit status.
 */
export async function farewell(config: Config, io: Io, flags: UninstallFlags): Promise<number> {
  const { clock } = io
  const timeout = timeoutOf(flags)
  const since = Math.floor(clock.now() / SECOND) * SECOND
  const leaving = { since, until: clock.now() + timeout, leaveAsleep: flags.leaveAsleep === true }
  const connection = await connect(config.kubeconfig)
  try {
    const client = new Client(connection, clock, () => undefined)
    const home = podNamespace() ?? connection.namespace
    const deployment =
      flags.deployment === undefined
        ? undefined
        : { name: flags.deployment, replicas: replicasOf(client, home, flags.deployment) }
    const before = deployment && (await switchedOff(io, deployment))
    const status = await parted(config, io, leaving, client).catch(error => {
      io.err.write(`${messageOf(error)}\n`)
      return FAILED
    })
    if (status !== DONE && deployment && before) {
      await deployment.replicas.write(before)
      io.out.write(`deployment ${deployment.name} has ${count(before, 'replica')} again\n`)
    }
    return status
  } finally {
    await connection.close()
  }
}

interface Deployment {
  readonly name: string
  readonly replicas: Replicas
}

/** How many replicas it had; none where there is no such Deployment. */
async function switchedOff(io: Io, { name, replicas }: Deployment): Promise<number> {
  const before = await unlessGone(replicas.read())
  if (before === undefined) {
    io.out.write(`there is no deployment ${name}\n`)
    return 0
  }
  if (before > 0) await replicas.write(0)
  io.out.write(`deployment ${name} has no replicas any more, it had ${before}\n`)
  return before
}

/** As the only operator. */
async function parted(config: Config, io: Io, leaving: Leaving, client: Client): Promise<number> {
  let trouble = ''
  const onFact = (fact: Fact) => {
    if (fact.fact === 'Ended') io.out.write(`${fact.task}: ${fact.result}: ${fact.message}\n`)
    if (fact.fact === 'Trouble') trouble = fact.message
  }
  const operator = await compose(config, { clock: io.clock, logs: { write: () => undefined }, onFact }, leaving)
  let status = FAILED
  try {
    await untilReady(operator, io, leaving)
    if (!operator.leadsAll) {
      const why = trouble || 'another one leads: name its Deployment with --deployment, or stop it first'
      throw new CommandError(`did not become the only operator, so nothing was done: ${why}`)
    }
    status = verdict([...operator.tasks()], io, leaving)
  } finally {
    await operator.stop()
  }
  if (status === DONE) await withoutLeases(operator, io, client)
  return status
}

/** They are nobody's any more; whoever may not delete them leaves them behind. */
async function withoutLeases({ leases: { namespace, names } }: Operator, { out }: Io, client: Client): Promise<void> {
  for (const name of names) {
    try {
      await deleteLease(client, namespace, name)
    } catch (error) {
      out.write(`lease ${namespace}/${name} is left: ${faultIn(error).message}\n`)
    }
  }
}

async function untilReady(operator: Operator, { clock, signal }: Io, leaving: Leaving): Promise<void> {
  const isOver = () => clock.now() >= leaving.until + (operator.leadsAll ? AFTERWARDS : 0)
  const isBusy = () => !operator.leadsAll || [...operator.tasks()].some(task => isUnfinished(task, leaving))
  while (isBusy() && !isOver() && !signal.aborted) await pause(clock, LOOK_PERIOD, signal)
}

/** What is left asleep, and what can be done about it. */
function verdict(tasks: readonly Task[], { out, err }: Io, leaving: Leaving): number {
  for (const { key, status } of tasks.filter(task => task.status.sleeping && !holdsAsleep(task)))
    out.write(`${key}: ${inWords(status)} left asleep, as its onDelete: Leave says\n`)
  const asleep = tasks.filter(task => task.deleted === undefined && holdsAsleep(task))
  for (const { key, status } of asleep) err.write(`${key}: ${inWords(status)} STAYS ASLEEP: ${status.lastMessage}\n`)
  const unfinished = tasks.filter(task => isUnfinished(task, leaving))
  for (const { key } of unfinished) if (!asleep.some(task => task.key === key)) err.write(`${key}: not ended in time\n`)
  if (unfinished.length === 0 && (asleep.length === 0 || leaving.leaveAsleep)) {
    out.write(`${count(tasks.length, 'task')} let go: Rota can be uninstalled\n`)
    return DONE
  }
  err.write('not prepared: mend this and try again, or leave it as it is with --leave-asleep\n')
  return FAILED
}

function inWords({ sleeping }: Task['status']): string {
  return (sleeping?.namespaces ?? []).join(', ')
}
