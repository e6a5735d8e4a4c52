import { BUILT_IN, NAMESPACE } from '../../src/api/kinds.ts'
import { API_VERSION, GROUP, KIND, PLURAL } from '../../src/api/names.ts'

/** What the model knows of a kind. */
export interface Resource {
  readonly apiVersion: string
  readonly kind: string
  readonly group: string
  readonly plural: string
  /** Counts changes of the spec. */
  readonly generation: boolean
  /** Its status is written apart from the rest. */
  readonly status: boolean
}

const LEASE = { kind: 'Lease', group: 'coordination.k8s.io', version: 'v1', plural: 'leases' }
const WITHOUT_GENERATION: ReadonlySet<string> = new Set(['ConfigMap', 'Namespace', 'ServiceAccount', 'Lease'])

export const RESOURCES: ReadonlyMap<string, Resource> = new Map([
  [`${GROUP}/${PLURAL}`, task()],
  ...[...BUILT_IN, NAMESPACE, LEASE].map(({ kind, group, version, plural }): [string, Resource] => [
    `${group}/${plural}`,
    {
      kind,
      group,
      plural,
      apiVersion: group === '' ? version : `${group}/${version}`,
      generation: !WITHOUT_GENERATION.has(kind),
      status: false,
    },
  ]),
])

function task(): Resource {
  return { apiVersion: API_VERSION, kind: KIND, group: GROUP, plural: PLURAL, generation: true, status: true }
}

/** Where a path leads to. */
export interface Place {
  readonly resource: Resource
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

/** @throws Error for what the model does not have */
export function resourceOf(group: string, plural: string): Resource {
  const found = RESOURCES.get(`${group}/${plural}`)
  if (!found) throw new Error(`the model has no ${plural} of '${group}'`)
  return found
}

/** `/apis/apps/v1/namespaces/team-a/deployments/web/status`. */
export function placeOf(path: string): Place | undefined {
  const [, root, ...rest] = path.split('/')
  const group = root === 'apis' ? (rest.shift() ?? '') : ''
  rest.shift() // the version
  const namespace = rest[0] === 'namespaces' && rest.length > 2 ? (rest.splice(0, 2)[1] ?? '') : ''
  const [plural = '', name = '', subresource = ''] = rest
  const resource = RESOURCES.get(`${group}/${plural}`)
  return resource && { resource, namespace, name, subresource }
}

/** `deployments.apps` */
export function titleOf({ plural, group }: Resource): string {
  return group === '' ? plural : `${plural}.${group}`
}
