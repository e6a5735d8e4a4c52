import type { Rule } from '../decision.ts'

/** A new or edited spec is acknowledged before anything follows from it: this fixes what is owed from now on. */
export const unobserved: Rule = ({ task }) => {
  const { observedGeneration, schedule } = task.status
  if (observedGeneration === task.generation && schedule?.key === task.scheduleKey) return undefined
  return { rule: 'unobserved', do: 'Write', message: `generation ${task.generation} is new`, events: [] }
}
