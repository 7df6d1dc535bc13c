import type { Json } from '../knowledge.ts';

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

export const listOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? value.filter((one) => objectOf(one) !== undefined) : [];

export const textsOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

export const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : undefined;

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Leaves out what is undefined. */
export function defined<T extends object>(value: T): Partial<Defined<T>> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as Partial<Defined<T>>;
}

/** The one `value[x]` of a parameter, an extension or a property. */
export function valueIn(holder: Json | undefined): unknown {
  const name = Object.keys(holder ?? {}).find((key) => key.startsWith('value'));
  return name === undefined ? undefined : holder?.[name];
}

export function extensionOf(element: Json | undefined, url: string): Json | undefined {
  return listOf(element?.extension).find((one) => one.url === url);
}

/** `url|version` in its two parts. */
export function canonicalOf(text: string): { url: string; version: string | undefined } {
  const bar = text.indexOf('|');
  if (bar < 0) return { url: text, version: undefined };
  return { url: text.slice(0, bar), version: text.slice(bar + 1) || undefined };
}

/** A release as a canonical reference; without the bar where there is no version. */
export const canonical = (url: string, version: string | undefined): string =>
  version === undefined || version === '' ? url : `${url}|${version}`;
