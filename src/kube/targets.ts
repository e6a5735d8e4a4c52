import { FaultError, type Kind } from '../api/fault.ts'
import type { Account, Carried, Targets } from '../execution/ports.ts'
import type { Action, Item } from '../operations/contract.ts'
import { admit } from './admit.ts'
import type { Client } from './client.ts'
import { pages } from './list.ts'
import { pathOf, resourceOf } from './paths.ts'

/** Calls on targets, all of them in the name of the task's account. */
export function targetsOf(client: Client): Targets {
  return {
    as: (account, purpose, signal) => ({
      list: (kind, namespace) => list(client, account, purpose, signal, kind, namespace),
      carryOut: action => carryOut(client, account, purpose, signal, action),
    }),
    admit: (account, namespaces, signal) => admit(client, account, namespaces, signal),
  }
}

async function* list(
  client: Client,
  as: Account,
  purpose: string,
  signal: AbortSignal,
  kind: Kind,
  namespace: string,
): AsyncGenerator<readonly Item[]> {
  const request = { path: pathOf(kind, namespace), resource: resourceOf(kind), namespace, as, purpose, signal }
  // The items of a list do not say their kind themselves.
  for await (const page of pages<Omit<Item, 'kind'>>(client, request)) yield page.items.map(item => ({ ...item, kind }))
}

async function carryOut(
  client: Client,
  as: Account,
  purpose: string,
  signal: AbortSignal,
  action: Action,
): Promise<Carried> {
  const { target, version, body } = action
  const metadata = { ...(body['metadata'] as object), resourceVersion: version }
  try {
    const answer = await client.request<Item>({
      method: 'PATCH',
      path: pathOf(target.kind, target.namespace, target.name),
      body: { ...body, metadata },
      verb: 'patch',
      resource: resourceOf(target.kind),
      namespace: target.namespace,
      target,
      as,
      purpose,
      signal,
    })
    return answer.metadata.resourceVersion === version ? 'Same' : 'Changed'
  } catch (error) {
    if (error instanceof FaultError) return error.fault
    throw error
  }
}
