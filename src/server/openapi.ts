import { z } from 'zod'
import { capitalised } from '../lib/text.ts'
import type { Route } from './routes.ts'
import { problemShape } from './shapes.ts'

const ID = 'namespace/name with the slash written as %2F, or the UID of the task.'
const UNAUTHORIZED = 'Whose token it is the API server does not know.'
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'A parameter or the body cannot be understood.',
  401: UNAUTHORIZED,
  403: 'The caller may not do that.',
  404: 'There is no such task.',
  409: 'There is nothing that this would have an effect on.',
  413: 'The body is too large.',
  503: 'Not all tasks have been read yet, or the API server does not answer.',
}

/** The OpenAPI document of these routes. */
export function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    for (const path of pathsOf(route))
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, path) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rota',
      version,
      description: 'Tasks of Rota, read and asked for with the rights that the caller has in the cluster.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'A token of the cluster.' } },
      schemas: { Problem: schemaOf(problemShape) },
    },
  }
}

/** A task is named in one part of the path, or in two. */
export function pathsOf({ path }: Pick<Route, 'path'>): readonly string[] {
  return path.includes('{id}') ? [path, path.replace('{id}', '{namespace}/{name}')] : [path]
}

function operation(route: Route, path: string): object {
  const { summary, query = {}, body, refusals = [], shape, stream } = route
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
      ...(name === 'id' && { description: ID }),
    })),
    ...Object.entries(query).map(([name, description]) => ({
      name,
      in: 'query',
      required: false,
      description,
      schema: { type: name === 'count' ? 'integer' : 'string' },
    })),
  ]
  const ofTask = path.includes('{') ? [404] : []
  const statuses = [...new Set([...refusals, 401, 403, ...ofTask, 503, ...(query['namespace'] ? [400] : [])])].sort()
  const type = stream ? 'application/x-ndjson' : 'application/json'
  return {
    summary,
    operationId: operationIdOf(route, path),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      200: { description: stream ? 'One of these a line.' : 'Done.', content: { [type]: { schema: schemaOf(shape) } } },
      ...Object.fromEntries(
        statuses.map(status => [
          status,
          {
            description: REFUSALS[status],
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  }
}

/** `getTasksIdHistory`, and `…ByName` where the path has two parts for a task. */
function operationIdOf({ method, path }: Route, of: string): string {
  const words = path.split(/[^a-z]+/).filter(word => word !== '' && word !== 'api')
  const name = words.map(capitalised).join('')
  return `${method.toLowerCase()}${name}${of === path ? '' : 'ByName'}`
}

function schemaOf(shape: z.ZodType): object {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { target: 'draft-2020-12' })
  return schema
}
