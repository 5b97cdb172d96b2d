/** Makes, seals and opens the secrets of endpoints; what is sealed for one place opens nowhere else. */
export interface SecretBox {
  /** A new signing secret: `whsec_` and base64. */
  make(): string
  seal(text: string, place: string): Uint8Array
  /** Throws on what was sealed with another key, for another place, or tampered with. */
  open(sealed: Uint8Array, place: string): string
}

/** Where a webhook's secret is kept. */
export const secretPlace = (workspaceId: string, webhookId: string): string => `webhook ${workspaceId} ${webhookId}`
