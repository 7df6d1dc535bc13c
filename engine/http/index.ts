export { type Asked, plainRefusal, type Refusal, type RefusalBody, refusalBytes } from './guard.ts';
export {
  type Authenticate,
  type Credentials,
  type Denied,
  type Principal,
  type TokenEntry,
  tokenAuthenticator,
  tokenProtocol,
} from './principal.ts';
export { requireToken } from './require-token.ts';
export {
  type HttpApp,
  type HttpEnv,
  type HttpLimits,
  type HttpOptions,
  type HttpServer,
  serveHttp,
  type Tls,
  type Upgrade,
} from './server.ts';
export {
  createSmartServer,
  type KeySource,
  keySetFault,
  parseScope,
  permits,
  type SmartClient,
  type SmartServer,
  tokenPath,
} from './smart/index.ts';
