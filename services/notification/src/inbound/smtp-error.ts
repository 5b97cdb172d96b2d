/** An answer to the sending server: 4xx to come again, 5xx to give up. */
export class SmtpError extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string, cause?: unknown) {
    super(message, { cause })
    this.responseCode = responseCode
  }
}

export const smtpError = (code: number, message: string, cause?: unknown): SmtpError =>
  new SmtpError(code, message, cause)
