// better-sqlite3-multiple-ciphers ships types that its "exports" hide; the API is better-sqlite3's.
declare module 'better-sqlite3-multiple-ciphers' {
  import Database from 'better-sqlite3';
  // biome-ignore lint/style/noDefaultExport: the package itself exports by default.
  export default Database;
}
