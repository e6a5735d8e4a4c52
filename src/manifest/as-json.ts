/** What of a value, as YAML has it, JSON cannot say: it would go to the API server as something else, or not at all. */
export function jsonProblem(value: unknown, within: readonly unknown[] = []): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined
    case 'number':
      return numberProblem(value)
    default:
      break
  }
  if (value === null || value === undefined) return undefined
  if (within.includes(value)) return 'an alias (*) stands within what it means'
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  if (!isPlain) return 'only maps, lists, texts, numbers, booleans and null can be written'
  for (const member of Object.values(value)) {
    const problem = jsonProblem(member, [...within, value])
    if (problem !== undefined) return problem
  }
  return undefined
}

function numberProblem(value: number): string | undefined {
  if (!Number.isFinite(value)) return `${value} is no number for Kubernetes: write another one`
  if (!Number.isInteger(value) || Number.isSafeInteger(value)) return undefined
  return `${value} is too large to be kept exactly: write it in quotes`
}
