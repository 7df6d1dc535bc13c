/**
 * What is run in a fresh context before any script: everything by which a script could tell one
 * run from another (clock, chance, locale, garbage collection, shared memory) is gone, and all
 * that is built in is frozen, so that no call can leave a trace for the next one. Its value calls a
 * function with JSON and gives JSON.
 */
export const realmSource = `(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const { getPrototypeOf, getOwnPropertyDescriptors, freeze, prototype } = Object;
  const { ownKeys } = Reflect;
  const { isArray } = Array;
  const { isFinite } = Number;
  const drop = (from, names) => { for (const name of names) delete from[name]; };
  drop(globalThis, ['Date', 'Intl', 'Temporal', 'WeakRef', 'FinalizationRegistry', 'Atomics',
    'SharedArrayBuffer', 'WebAssembly', 'console', 'Promise', 'eval', 'ShadowRealm']);
  drop(Math, ['random']);
  drop(RegExp, ownKeys(RegExp).filter((key) => key !== 'prototype' && key !== 'escape' &&
    typeof key === 'string'));
  const local = ['localeCompare', 'toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase'];
  const kinds = [Object, Array, String, Number, BigInt, getPrototypeOf(Uint8Array)];
  for (const kind of kinds) drop(kind.prototype, local);
  const hidden = [function* () {}, async () => {}, async function* () {}, [].values(),
    new Map().values(), new Set().values(), ''[Symbol.iterator](), 'a'.matchAll(/a/g),
    getPrototypeOf(Uint8Array), [].values().map((one) => one), (function* () {})()];
  const seen = new Set();
  const freezeAll = (value) => {
    const kind = typeof value;
    if (value === null || (kind !== 'object' && kind !== 'function') || seen.has(value)) return;
    seen.add(value);
    if (value !== globalThis) freeze(value);
    freezeAll(getPrototypeOf(value));
    const all = getOwnPropertyDescriptors(value);
    for (const key of ownKeys(all)) {
      freezeAll(all[key].value);
      freezeAll(all[key].get);
      freezeAll(all[key].set);
    }
  };
  for (const one of [globalThis, ...hidden]) freezeAll(one);
  freeze(globalThis);
  const isPlain = (value, depth) => {
    if (typeof value === 'string' || typeof value === 'boolean') return true;
    if (typeof value === 'number') return isFinite(value);
    if (typeof value !== 'object' || value === null || depth > 16) return false;
    const kind = getPrototypeOf(value);
    if (!isArray(value) && kind !== prototype && kind !== null) return false;
    for (const key of ownKeys(value)) {
      if (typeof key === 'symbol') return false;
      if (isArray(value) && key === 'length') continue;
      if (!isPlain(value[key], depth + 1)) return false;
    }
    return true;
  };
  return (call, json, most) => {
    const { field, settings } = parse(json);
    const value = call(field, settings);
    if (value === undefined || value === null) return '';
    if (!isPlain(value, 0)) return '!';
    const text = stringify(value);
    return typeof text === 'string' && text.length <= most ? text : '!';
  };
})()`;
