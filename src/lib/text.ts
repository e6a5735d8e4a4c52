/** Cuts at `limit` UTF-16 units and says so with an ellipsis; never splits a surrogate pair. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text
  const end = limit - 1
  const splitsPair = /[\uD800-\uDBFF]/.test(text.charAt(end - 1))
  return `${text.slice(0, splitsPair ? end - 1 : end)}…`
}

/** The end of a text, at most `limit` UTF-16 units of it and whole lines where it can be; it says that it is cut. */
export function tail(text: string, limit: number): string {
  const whole = text.trim()
  if (whole.length <= limit) return whole
  const end = whole.slice(-(limit - 2)).replace(/^[\uDC00-\uDFFF]/, '')
  const line = end.indexOf('\n')
  return `…\n${line < 0 ? end : end.slice(line + 1)}`
}

/** What an exception says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** `CreateNamespace` for `createNamespace`. */
export function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`
}

const NUMBERS = new Intl.NumberFormat('en-GB')

/** `12`, `1,200`. */
export function number(n: number): string {
  return NUMBERS.format(n)
}

/** `1 Deployment`, `1,200 Deployments`, `2 NetworkPolicies`. */
export function count(n: number, noun: string): string {
  return `${number(n)} ${n === 1 ? noun : plural(noun)}`
}

function plural(noun: string): string {
  if (/(s|x|z|ch|sh)$/.test(noun)) return `${noun}es`
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
}

/** `a`, `a and b`, `a, b and c`; after `limit` names the rest is only counted. */
export function listed(names: readonly string[], limit = 5): string {
  const shown = names.length > limit ? [...names.slice(0, limit), `${names.length - limit} more`] : names
  if (shown.length < 2) return shown.join('')
  return `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
