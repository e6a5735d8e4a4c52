import { styleText } from 'node:util'
import { nameOf, type Plan } from './plans.ts'
import type { Result } from './results.ts'

/** A line for each scenario, and their sum. A plan that was played again counts by each of its runs. */
export function tableOf(plans: readonly Plan[], results: readonly Result[]): string {
  const runs = Map.groupBy(results, ({ plan }) => plan)
  const line = (title: string, of: readonly Plan[]) => {
    const all = of.flatMap(plan => runs.get(nameOf(plan)) ?? [])
    const bad = (count: number) => (count > 0 ? styleText('red', String(count).padStart(10)) : '0'.padStart(10))
    const struck = all.filter(run => run.struck > 0).length
    const numbers = [of.length, all.length, struck].map(number => String(number).padStart(7)).join('')
    const violations = all.filter(run => run.violations.length > 0).length
    const wrong = all.filter(run => run.wrong.length > 0).length
    return `${title.padEnd(44)}${numbers}${bad(violations)}${bad(wrong)}`
  }
  const byScenario = [...Map.groupBy(plans, ({ scenario }) => scenario.name)]
  return [
    `${'SCENARIO'.padEnd(44)}  PLANS   RUNS STRUCK VIOLATING WRONG END`,
    ...byScenario.map(([name, of]) => line(name, of)),
    line('in all', plans),
  ].join('\n')
}
