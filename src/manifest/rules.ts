import { type Finding, membersOf, valuesAt } from './finding.ts'
import { labelFindings } from './label-rules.ts'
import { memberRuleFindings } from './member-rules.ts'
import { operationRuleFindings } from './operation-rules.ts'
import { scheduleFindings } from './schedule-rules.ts'
import { textRuleFindings } from './text-rules.ts'

/** Whose task it is: `H` and a dependency on itself need its name. */
export interface Home {
  readonly namespace: string
  readonly name: string
}

/** What is wrong with a spec beyond its structure; values of a wrong type are passed over. */
export function ruleFindings(spec: unknown, { namespace, name }: Home): readonly Finding[] {
  const root = { spec }
  const members = membersOf(spec)
  const itself = valuesAt(root, ['spec', 'dependsOn', '*', 'name'])
    .filter(([, of]) => of === name)
    .map(([path]): Finding => ({ path, message: 'is the task itself: remove it', reason: 'InvalidSpec' }))
  return [
    ...textRuleFindings(root),
    ...operationRuleFindings(members, namespace),
    ...memberRuleFindings(root),
    ...labelFindings(root),
    ...itself,
    ...scheduleFindings(members, `${namespace}/${name}`),
  ]
}
