/** What whoever starts or wakes an operation's workflow has to know; no workflow code. */
export * from './operation/attributes.ts'
export * from './operation/types.ts'
