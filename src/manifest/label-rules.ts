import { type Finding, membersOf, type Path, valuesAt } from './finding.ts'
import { keyProblem, labelValueProblem } from './labels.ts'
import { ALL_SELECTORS } from './member-rules.ts'

const reason = 'InvalidLabel'
const createNamespace = ['spec', 'operation', 'createNamespace']

/**
 * Labels that no object can have: a selector would never choose anything by them, and an exclusion leave nothing out.
 * Admission lets them pass: the CRD's rules would cost too much for every write of a status.
 */
export function labelFindings(root: unknown): readonly Finding[] {
  return [
    ...[...ALL_SELECTORS.map(at => [...at, 'matchLabels']), [...createNamespace, 'labels']].flatMap(at =>
      valuesAt(root, at).flatMap(([path, map]) => pairFindings(map, path, labelValueProblem)),
    ),
    ...valuesAt(root, [...createNamespace, 'annotations']).flatMap(([path, map]) =>
      pairFindings(map, path, () => undefined),
    ),
    ...ALL_SELECTORS.flatMap(at => [
      ...textFindings(root, [...at, 'matchExpressions', '*', 'key'], keyProblem),
      ...textFindings(root, [...at, 'matchExpressions', '*', 'values', '*'], labelValueProblem),
    ]),
  ]
}

type Check = (text: string) => string | undefined

/** Of the names and values of a map. */
function pairFindings(map: unknown, at: Path, valueProblem: Check): readonly Finding[] {
  return Object.entries(membersOf(map)).flatMap(([key, value]) => {
    const message = keyProblem(key) ?? (typeof value === 'string' ? valueProblem(value) : undefined)
    return message === undefined ? [] : [{ path: [...at, key], message, reason }]
  })
}

function textFindings(root: unknown, at: readonly string[], problem: Check): readonly Finding[] {
  return valuesAt(root, at).flatMap(([path, value]: readonly [Path, unknown]): readonly Finding[] => {
    const message = typeof value === 'string' ? problem(value) : undefined
    return message === undefined ? [] : [{ path, message, reason }]
  })
}
