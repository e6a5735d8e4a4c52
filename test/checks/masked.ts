const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'?|"(?:\\[\s\S]|[^"\\\n])*"?/y
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y
/** From behind a backtick or a closing brace to the next backtick or `${`. */
const TEMPLATE_TEXT = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y

/**
 * The text with everything blanked that is not code: comments, regular expressions, and what stands between quotes (the
 * quotes stay). Length and line breaks stay, so that an offset means the same in both. TypeScript 7 has no compiler API
 * to ask; this knows just enough of the grammar not to take a word in a comment or a string for code.
 */
export function masked(source: string): string {
  let out = ''
  /** For each template whose `${…}` we are in: how many braces are open in there. */
  const open: number[] = []

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = out.length
    return pattern.exec(source)?.[0] ?? ''
  }
  const templateText = () => {
    const text = take(TEMPLATE_TEXT)
    const end = text.endsWith('${') ? '${' : text.endsWith('`') ? '`' : ''
    out += blank(text.slice(0, text.length - end.length)) + end
    if (end === '${') open.push(0)
  }

  while (out.length < source.length) {
    const char = source.charAt(out.length)
    const comment = char === '/' ? take(COMMENT) : ''
    const string = char === "'" || char === '"' ? take(STRING) : ''
    const regex = char === '/' && comment === '' && regexMayFollow(out) ? take(REGEX) : ''
    if (comment || regex) {
      out += blank(comment || regex)
    } else if (string) {
      const closed = string.length > 1 && string.endsWith(char)
      out += closed ? char + blank(string.slice(1, -1)) + char : char + blank(string.slice(1))
    } else {
      out += char
      const braces = open.at(-1)
      if (char === '`') templateText()
      else if (char === '{' && braces !== undefined) open[open.length - 1] = braces + 1
      else if (char === '}' && braces === 0) {
        open.pop()
        templateText()
      } else if (char === '}' && braces !== undefined) open[open.length - 1] = braces - 1
    }
  }
  return out
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ')
}

/** After a value a slash divides; anywhere else it begins a regular expression. */
function regexMayFollow(code: string): boolean {
  const before = code.trimEnd()
  if (/(?:^|[^\w$.])(?:return|typeof|case|in|of|void|delete|throw|await|yield)$/.test(before.slice(-12))) return true
  return !/[\w$)\]}'"`]$/.test(before)
}
