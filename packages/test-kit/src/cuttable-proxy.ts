import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to one server that can be cut and mended. */
export interface CuttableProxy extends AsyncDisposable {
  readonly port: number
  /** Ends every connection and takes no new one. */
  cut(): void
  mend(): void
}

/** Passes bytes on in both directions; `rewrite` may change what the server answers, keeping its length. */
export async function startProxy(
  target: { host: string; port: number },
  rewrite: (answer: Buffer, ownPort: number) => Buffer = (answer) => answer,
): Promise<CuttableProxy> {
  const open = new Set<Socket>()
  let down = false
  const server = createServer((client) => {
    if (down) return client.destroy()
    const upstream = connect(target)
    client.on('data', (bytes) => upstream.write(bytes))
    upstream.on('data', (bytes) => client.write(rewrite(bytes, port)))
    for (const socket of [client, upstream]) {
      open.add(socket)
      // Either side's end, wanted or not, ends the other.
      socket.on('error', () => socket.destroy())
      socket.on('close', () => {
        open.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const cut = (): void => {
    down = true
    for (const socket of open) socket.destroy()
  }
  return {
    port,
    cut,
    mend() {
      down = false
    },
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
