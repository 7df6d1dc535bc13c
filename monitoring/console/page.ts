import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Hono } from 'hono';
import type { HttpEnv } from '../../engine/http/index.ts';

/**
 * The page's files by path. They hold no data, so a stranger may have them: the page asks for the
 * token.
 */
const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/console/main.js': ['main.js', 'text/javascript; charset=utf-8'],
  '/console/session.js': ['session.js', 'text/javascript; charset=utf-8'],
  '/console/stream.js': ['stream.js', 'text/javascript; charset=utf-8'],
  '/console/tables.js': ['tables.js', 'text/javascript; charset=utf-8'],
  '/console/words.js': ['words.js', 'text/javascript; charset=utf-8'],
  '/console/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/favicon.svg': ['favicon.svg', 'image/svg+xml'],
} as const;

export const pagePaths: readonly string[] = Object.keys(files);

/** Nothing from elsewhere, nothing inline, no frame around it, no form that leaves. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Serves the page from memory; a browser asks each time and gets 304 while nothing changed. */
export function createPage(): Hono<HttpEnv> {
  const page = new Hono<HttpEnv>();
  for (const [path, [file, type]] of Object.entries(files)) {
    const text = readFileSync(new URL(`page/${file}`, import.meta.url));
    const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
    const headers = {
      'Content-Type': type,
      'Content-Security-Policy': contentSecurityPolicy,
      'Cache-Control': 'no-cache',
      ETag: etag,
    };
    page.get(path, (c) =>
      c.req.header('if-none-match') === etag
        ? c.body(null, 304, headers)
        : c.body(new Uint8Array(text), 200, headers),
    );
  }
  return page;
}
