import type { Spec } from '../api/task.ts'

export type Selector = NonNullable<NonNullable<Spec['target']>['namespaceSelector']>

/** As kubectl takes it after `-l`: `tier=front,app in (web,api),!old`. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: Selector): string {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`)
  const conditions = matchExpressions.map(({ key, operator, values = [] }) => {
    if (operator === 'Exists') return key
    return operator === 'DoesNotExist' ? `!${key}` : `${key} ${operator.toLowerCase()} (${values.join(',')})`
  })
  return [...labels, ...conditions].join(',')
}
