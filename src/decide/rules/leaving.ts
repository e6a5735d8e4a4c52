import { WAKE_FINALIZER } from '../../api/names.ts'
import type { Decision, Leaving, Rule, Situation } from '../decision.ts'
import { hasTriedLastWake, lastWake } from '../last-wake.ts'
import { holdsAsleep } from '../parting.ts'
import type { Task } from '../task.ts'
import { resumedRun } from './resumed-run.ts'
import { running } from './running.ts'

/**
 * Rota is about to be uninstalled: what has begun is ended, what sleeps is woken, once, and nothing else begins. A Job is
 * left as it is: it goes on by itself.
 */
export const leaving: Rule = situation => {
  const { now, world } = situation
  if (!world.leaving) return undefined
  const { until } = world.leaving
  const decision = farewell(situation, world.leaving)
  return now >= until ? decision : { ...decision, lookAgain: Math.min(decision.lookAgain ?? until, until) }
}

function farewell(situation: Situation, { since, until, leaveAsleep }: Leaving): Decision {
  const { task, now } = situation
  const { activeRun, sleeping, lastMessage = 'no reason known' } = task.status
  const isOver = now >= until
  if (activeRun?.operation === 'sleep') return stopped('Rota is about to be uninstalled')
  if (activeRun && activeRun.operation !== 'job') {
    if (isOver) return stopped('there was no more time before Rota is uninstalled')
    return resumedRun(situation) ?? running(situation) ?? nothing('a run is active')
  }
  if (!sleeping || !holdsAsleep(task)) return released(task) ?? nothing('nothing of this task is left to wake')
  if (!isOver && !hasTriedLastWake(task, since))
    return lastWake(situation, 'leaving', sleeping.namespaces, 'wakes before Rota is uninstalled', since)
  const message = `${sleeping.namespaces.join(', ')} could not be woken before Rota is uninstalled: ${lastMessage}`
  return (leaveAsleep ? released(task, message) : undefined) ?? nothing(message)
}

function nothing(message: string): Decision {
  return { rule: 'leaving', do: 'Nothing', message }
}

function stopped(message: string): Decision {
  return { rule: 'leaving', do: 'Stop', because: 'Uninstalled', message }
}

function released({ finalizers }: Task, letGo?: string): Decision | undefined {
  if (!finalizers.includes(WAKE_FINALIZER)) return undefined
  const message = letGo ?? 'nothing of this task is left to wake'
  return { rule: 'leaving', do: 'Release', message, ...(letGo !== undefined && { letGo }) }
}
