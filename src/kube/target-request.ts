import { resourceName } from '../api/kinds.ts'
import type { Action } from '../operations/contract.ts'
import type { Request } from './client.ts'
import { pathOf } from './paths.ts'

/**
 * No object ever has it: an apply on it makes the object, and is a conflict when there is one by then, also when the request
 * arrives long after whoever sent it has died.
 */
const NO_VERSION = '1'

type TargetRequest = Omit<Request, 'as' | 'purpose' | 'signal'>

/** The request that carries out an action, but for the scale subresource. */
export function requestOf(action: Action, dryRun: boolean): TargetRequest {
  const { kind, namespace, name } = action.target
  const about = { resource: resourceName(kind.group, kind.plural), namespace, target: action.target }
  // A misspelt field is a mistake, and not nothing: as kubectl has it.
  const query = { fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }) }
  const path = pathOf(kind, namespace, name)
  const patch = { ...about, method: 'PATCH', verb: 'patch', path, query } as const
  switch (action.do) {
    case 'Patch':
      return { ...patch, body: withVersion(action.body, action.version) }
    case 'StrategicPatch': {
      const body = withVersion(action.body, action.version)
      return { ...patch, contentType: 'application/strategic-merge-patch+json', body }
    }
    case 'JsonPatch':
      return { ...patch, contentType: 'application/json-patch+json', body: action.operations }
    case 'Apply': {
      const body = withVersion(action.body, action.version ?? NO_VERSION)
      const apply = { fieldManager: action.manager, ...(action.force && { force: 'true' }) }
      return { ...patch, contentType: 'application/apply-patch+yaml', body, query: { ...query, ...apply } }
    }
    case 'Create':
      return { ...about, method: 'POST', verb: 'create', path: pathOf(kind, namespace), query, body: action.body }
    case 'Delete':
      return { ...about, method: 'DELETE', verb: 'delete', path, body: deleteOptions(action, dryRun) }
  }
}

function withVersion(body: object, resourceVersion: string): object {
  const { metadata } = body as { readonly metadata?: object }
  return { ...body, metadata: { ...metadata, resourceVersion } }
}

/**
 * With a body the API server takes all options from it and none from the query: a dry run that stood in the query would
 * really delete.
 */
function deleteOptions({ uid, wait }: Action & { do: 'Delete' }, dryRun: boolean): object {
  return {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid },
    propagationPolicy: wait ? 'Foreground' : 'Background',
    ...(dryRun && { dryRun: ['All'] }),
  }
}
