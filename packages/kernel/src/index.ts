export * from './assert-never.ts'
export * from './authorize.ts'
export * from './errors.ts'
export * from './time.ts'
