import { instantOf } from '../lib/instant.ts'
import { CopyLine } from './copy-line.tsx'
import { exact, short, When } from './when.tsx'

const TIME = /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/

/** What Rota says: commands in it are set apart, times are told on the viewer's clocks. */
export function Message({ text }: { readonly text: string }) {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  return (
    <div class="message">
      {lines.map(line =>
        /^\s*kubectl /.test(line) ? (
          <CopyLine key={line} text={line.trim()} />
        ) : (
          <span key={line}>
            {line.split(TIME).map(part => (TIME.test(part) ? <Told key={part} time={part} /> : part))}
          </span>
        ),
      )}
    </div>
  )
}

function Told({ time }: { readonly time: string }) {
  const at = instantOf(time)
  if (at === undefined) return <>{time}</>
  return (
    <>
      <span title={exact(at)}>{short(at)}</span> (<When at={at} />)
    </>
  )
}
