import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

/** A command, and a button that copies it where the browser lets us. */
export function CopyLine({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  return (
    <span class="command">
      <code>{text}</code>
      {navigator.clipboard && (
        <button type="button" class="plain" onClick={copy}>
          <Icon name="copy" />
          <span role="status">{isCopied ? 'Copied' : <span class="unseen">Copy the command</span>}</span>
        </button>
      )}
    </span>
  )
}
