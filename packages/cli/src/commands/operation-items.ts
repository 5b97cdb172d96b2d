import { type Api, collect } from '../api.ts'
import { type Invocation, text } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { table } from '../output.ts'
import type { ItemJson } from '../shapes.ts'

/** What happened to each child; `--csv` as the file that REST gives. */
export async function items(api: Api, id: string, { given, output }: Invocation): Promise<ExitCode> {
  const filter = { state: text(given, 'state'), notification: text(given, 'notification') }
  const path = `/v1/operations/${id}/items`
  if (given.csv === true) {
    const decoder = new TextDecoder()
    for await (const chunk of api.bytes(`${path}.csv`, filter)) output.raw(decoder.decode(chunk, { stream: true }))
    return exitCodes.ok
  }
  const found = await collect(api.all<ItemJson>(path, filter))
  output.result(found, () =>
    table(
      ['ticket', 'state', 'before', 'after', 'reason', 'moved', 'notification', 'because'],
      found.map((item) => [
        `#${item.ticketNumber}`,
        item.state,
        item.before,
        item.after,
        item.reason,
        item.moved ? 'moved' : null,
        item.notification,
        item.notificationReason,
      ]),
    ),
  )
  return exitCodes.ok
}
