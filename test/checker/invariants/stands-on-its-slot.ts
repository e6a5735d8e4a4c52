import { createHash } from 'node:crypto'
import { type Run, runsOf } from '../runs.ts'
import type { Invariant, Violation } from '../violation.ts'

const RESTARTED = 'kubectl.kubernetes.io/restartedAt'

/**
 * 3: what a run does depends on its slot and never on the time at which it happens to run; its id follows from the slot,
 * so that in each process the same slot is the same run.
 */
export const standsOnItsSlot: Invariant = ({ tasks, writes }) => {
  const runs = tasks.flatMap(runsOf)
  const slots = new Map(runs.map(({ active }) => [active.id, active.slotTime]))
  const stamped = writes.flatMap(({ writer, run, body, namespace, target }): readonly Violation[] => {
    const slot = slots.get(run ?? '')
    const stamp = writer === 'Rota' && slot !== undefined ? stampIn(body) : undefined
    if (stamp === undefined || Date.parse(stamp) === Date.parse(slot ?? '')) return []
    const message = `run ${run} of ${slot} stamped ${stamp}`
    return [{ invariant: 3, about: `${namespace}/${target}`, message }]
  })
  return [...runs.flatMap(identity), ...stamped]
}

function identity({ life, active }: Run): readonly Violation[] {
  const { id, operation, reason, slotTime } = active
  if (reason === 'Request') return []
  const parts = [life.uid, operation, reason, slotTime].map(part => `${part.length}:${part};`)
  if (createHash('sha256').update(parts.join('')).digest('hex').startsWith(id)) return []
  return [{ invariant: 3, about: life.key, message: `the id of run ${id} does not follow from its slot ${slotTime}` }]
}

function stampIn(body: unknown): string | undefined {
  type Stamped = { spec?: { template?: { metadata?: { annotations?: Record<string, string> } } } }
  return (body as Stamped | undefined)?.spec?.template?.metadata?.annotations?.[RESTARTED]
}
