export { type ApiOptions, createApi } from './api.ts';
export { createLive, eventsProtocol, type Live, type LiveOptions, liveLimits } from './live.ts';
export { createPage, pagePaths } from './page.ts';
