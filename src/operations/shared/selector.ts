import type { Item } from '../item.ts'

/** `metav1.LabelSelector`. */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly {
    readonly key: string
    readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
    readonly values?: readonly string[]
  }[]
}

/** Which objects an operation is about; without any of these about all. */
export interface Choice {
  readonly names?: readonly string[]
  readonly selector?: Selector
  readonly exclude?: { readonly names?: readonly string[]; readonly selector?: Selector }
}

type Labels = Readonly<Record<string, string>>

/** Whether labels are selected, as Kubernetes does it: all conditions must hold; an absent label is NotIn anything. */
export function selects({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels = {}): boolean {
  const has = (key: string) => Object.hasOwn(labels, key)
  return (
    Object.entries(matchLabels).every(([key, value]) => has(key) && labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const isAmong = has(key) && values.includes(labels[key] as string)
      if (operator === 'In') return isAmong
      if (operator === 'NotIn') return !isAmong
      return has(key) === (operator === 'Exists')
    })
  )
}

/** Those that are chosen: by name and by label, where both are given, and not excluded by either. */
export function chosen(items: readonly Item[], choice: Choice): readonly Item[] {
  return items.filter(item => isWanted(item, choice) && !isExcluded(item, choice))
}

export function isWanted({ metadata: { name, labels } }: Item, { names, selector }: Choice): boolean {
  return (!names || names.includes(name)) && (!selector || selects(selector, labels))
}

export function isExcluded({ metadata: { name, labels } }: Item, { exclude = {} }: Choice): boolean {
  return Boolean(exclude.names?.includes(name) || (exclude.selector && selects(exclude.selector, labels)))
}
