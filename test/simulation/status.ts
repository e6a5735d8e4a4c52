import type { Answered, ModelObject } from './api-server.ts'
import { type Resource, titleOf } from './resources.ts'

/** A `metav1.Status` that says no. */
export function refused(code: number, reason: string, message: string, details?: object): Answered {
  const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', metadata: {}, code, reason, message }
  return { code, body: { ...status, ...(details && { details }) } }
}

export function notFound(resource: Resource, name: string): Answered {
  const { group, plural: kind } = resource
  return refused(404, 'NotFound', `${titleOf(resource)} "${name}" not found`, { name, group, kind })
}

export function invalid({ kind, group, plural }: Resource, name: string, field: string, message: string): Answered {
  const said = `${kind}${group && `.${group}`} "${name}" is invalid: ${field}: ${message}`
  return refused(422, 'Invalid', said, { name, group, kind: plural, causes: [{ reason: 'FieldValueInvalid', field }] })
}

/** Another object of that name. */
export function unlike(resource: Resource, name: string, wanted: string, found: string): Answered {
  const about = `${titleOf(resource)} "${name}"`
  const said = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`
  return refused(409, 'Conflict', `Operation cannot be fulfilled on ${about}: ${said}`)
}

/** Of a deletion that leaves nothing. */
export function success({ plural, group }: Resource, { metadata }: ModelObject): Answered {
  const { name, uid } = metadata
  const details = { name, uid, kind: plural, ...(group && { group }) }
  return { code: 200, body: { apiVersion: 'v1', kind: 'Status', status: 'Success', metadata: {}, details } }
}
